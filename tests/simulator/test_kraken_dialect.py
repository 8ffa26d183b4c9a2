"""Kraken: websocket v2 books that prove themselves by checksum, and REST in the venue's words."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from simulator.dialects._interface import Answer, Request
from simulator.faults import Fault, FaultKind
from tests.simulator.recordings import KRAKEN_V2, find
from tests.simulator.shapes import assert_same_shape
from tests.simulator.venues import NOW_NS, Venue, frames

NOW_S = NOW_NS // 10**9


class ClientBook:
    """A book as a client of Kraken keeps it: apply, cut to the depth, check."""

    def __init__(self, depth: int, price_decimals: int, size_decimals: int) -> None:
        self.depth, self.decimals = depth, (price_decimals, size_decimals)
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}

    def take(self, document: Any, *, is_snapshot: bool) -> bool:
        """Apply a frame; return whether its checksum is right."""
        if is_snapshot:
            self.bids, self.asks = {}, {}
        for side, name, reverse in ((self.bids, "bids", True), (self.asks, "asks", False)):
            for level in document[name]:
                if level["qty"]:
                    side[level["price"]] = level["qty"]
                else:
                    side.pop(level["price"], None)
            for price in sorted(side, reverse=reverse)[self.depth :]:
                del side[price]
        rows = sorted(self.asks.items())[:10] + sorted(self.bids.items(), reverse=True)[:10]
        text = "".join(self._digits(*row) for row in rows)
        return crc32(text.encode()) == document["checksum"]

    def _digits(self, price: Decimal, size: Decimal) -> str:
        written = (f"{price:.{self.decimals[0]}f}", f"{size:.{self.decimals[1]}f}")
        return "".join(text.replace(".", "").lstrip("0") for text in written)


@pytest.fixture
def venue() -> Venue:
    return Venue("kraken")


def _subscribe(venue: Venue, channel: str, *symbols: str, **more: object) -> Any:
    session = venue.connect("/v2")
    frames(session)
    params = {"channel": channel, "symbol": list(symbols), **more}
    venue.send(session, {"method": "subscribe", "params": params, "req_id": 7})
    return session


def _decimal_frames(session: Any) -> list[Any]:
    outbox, session.outbox = session.outbox, []
    return [json.loads(frame, parse_float=Decimal) for frame in outbox]


@pytest.mark.parametrize(
    ("symbol", "depth", "decimals"),
    [("BTC/USDT", 10, (1, 8)), ("ETH/USDT", 25, (2, 8)), ("DOGE/USDT", 100, (7, 8))],
)
def test_every_checksum_is_right(venue: Venue, symbol: str, depth: int, decimals: tuple[int, int]) -> None:
    session = _subscribe(venue, "book", symbol, depth=depth)
    venue.run(60)
    book, checked = ClientBook(depth, *decimals), 0
    for frame in _decimal_frames(session):
        if frame.get("channel") == "book":
            assert book.take(frame["data"][0], is_snapshot=frame["type"] == "snapshot")
            checked += 1
    assert checked > 100
    assert len(book.bids) == len(book.asks) == depth


def test_books_are_written_as_the_recorded_ones(venue: Venue, data: Path) -> None:
    session = _subscribe(venue, "book", "BTC/USDT")
    venue.run(10)
    received = [frame for frame in frames(session) if frame.get("channel") == "book"]
    for kind in ("snapshot", "update"):
        ours = next(
            f for f in received if f["type"] == kind and f["data"][0]["asks"] and f["data"][0]["bids"]
        )
        theirs = find(data / KRAKEN_V2, lambda frame, kind=kind: frame["type"] == kind)
        if kind == "snapshot":  # the recording of 2023 is older than the snapshot's timestamp
            del ours["data"][0]["timestamp"]
        assert_same_shape(ours, theirs)


def test_a_subscription_is_acknowledged_per_symbol_then_starts_with_a_snapshot(venue: Venue) -> None:
    session = _subscribe(venue, "book", "BTC/USDT", "ETH/USDT", depth=25)
    first, snapshot, second, _ = frames(session)
    assert first["result"] == {"channel": "book", "symbol": "BTC/USDT", "snapshot": True, "depth": 25}
    assert (first["success"], first["req_id"], second["result"]["symbol"]) == (True, 7, "ETH/USDT")
    assert len(snapshot["data"][0]["bids"]) == 25


def test_the_venue_greets_and_beats_each_second(venue: Venue) -> None:
    session = venue.connect("/v2")
    assert frames(session)[0]["channel"] == "status"
    venue.send(session, {"method": "subscribe", "params": {"channel": "trade", "symbol": ["BTC/USDT"]}})
    venue.run(10)
    assert 9 <= frames(session).count({"channel": "heartbeat"}) <= 11


def test_the_ticker_follows_trades_or_the_best_prices(venue: Venue) -> None:
    by_trade = _subscribe(venue, "ticker", "BTC/USDT")
    by_price = _subscribe(venue, "ticker", "BTC/USDT", event_trigger="bbo")
    venue.run(10)
    counts = [sum(f.get("channel") == "ticker" for f in frames(s)) for s in (by_trade, by_price)]
    assert 1 < counts[0] < counts[1]


def test_instruments_tell_the_precisions_that_the_checksum_needs(venue: Venue) -> None:
    session = _subscribe(venue, "instrument")
    acknowledged, snapshot = frames(session)
    assert acknowledged["result"] == {"channel": "instrument", "snapshot": True}
    pair = next(pair for pair in snapshot["data"]["pairs"] if pair["symbol"] == "BTC/USDT")
    assert (pair["price_precision"], pair["qty_precision"]) == (1, 8)
    assert {asset["id"] for asset in snapshot["data"]["assets"]} >= {"BTC", "USDT"}


def test_bars_are_sent_and_equal_rest(venue: Venue) -> None:
    session = _subscribe(venue, "ohlc", "BTC/USDT", interval=1)
    venue.run(0.88)  # to the step that ends the second
    bar = _decimal_frames(session)[-1]["data"][0]
    row = venue.get("/0/public/OHLC", pair="XBTUSDT")["result"]["XBTUSDT"][-1]
    assert [bar[name] for name in ("open", "high", "low", "close", "volume")] == [
        Decimal(row[place]) for place in (1, 2, 3, 4, 6)
    ]


def test_ohlc_gives_the_newest_720_bars_after_since(venue: Venue) -> None:
    rows = venue.get("/0/public/OHLC", pair="XDGUSDT", interval="1")["result"]["XDGUSDT"]
    assert len(rows) == 720
    assert rows[-1][0] == NOW_S // 60 * 60
    assert [row[0] for row in rows] == list(range(rows[0][0], rows[0][0] + 720 * 60, 60))
    after = venue.get("/0/public/OHLC", pair="XDGUSDT", since=str(rows[-5][0]))["result"]["XDGUSDT"]
    assert after == rows[-4:]


@pytest.mark.parametrize(
    ("path", "query", "error"),
    [
        ("/0/public/Depth", {"pair": "FOOBAR"}, "EQuery:Unknown asset pair"),
        ("/0/public/Depth", {}, "EGeneral:Invalid arguments"),
        ("/0/public/OHLC", {"pair": "XBTUSDT", "interval": "7"}, "EGeneral:Invalid arguments"),
        ("/0/public/Nothing", {}, "EGeneral:Unknown method"),
        ("/0/private/Balance", {}, "EAPI:Invalid key"),
    ],
)
def test_refusals_carry_the_venues_error(venue: Venue, path: str, query: dict[str, str], error: str) -> None:
    assert venue.status(path, **query) == 200
    assert venue.get(path, **query)["error"] == [error]


@pytest.mark.parametrize(
    "params",
    [
        {"channel": "book", "symbol": ["FOO/BAR"]},
        {"channel": "book", "symbol": ["BTC/USDT"], "depth": 11},
        {"channel": "ohlc", "symbol": ["BTC/USDT"], "interval": 7},
        {"channel": "secrets"},
    ],
)
def test_a_subscription_that_the_venue_does_not_know_is_refused(venue: Venue, params: Any) -> None:
    session = venue.connect("/v2")
    frames(session)
    venue.send(session, {"method": "subscribe", "params": params})
    (reply,) = frames(session)
    assert reply["success"] is False
    assert reply["error"]


def test_malformed_requests_are_answered(venue: Venue) -> None:
    session = venue.connect("/v2")
    frames(session)
    venue.send(session, b"{")
    venue.send(session, {"method": "sell"})
    venue.send(session, {"method": "ping", "req_id": 3})
    replies = frames(session)
    assert [reply.get("success") for reply in replies] == [False, False, None]
    assert (replies[2]["method"], replies[2]["req_id"]) == ("pong", 3)
    assert isinstance(venue.gateway.connect(Request("GET", "/v1", {})), Answer)


@pytest.mark.parametrize("kind", [FaultKind.BAD_CHECKSUM, FaultKind.GAP])
def test_a_spoilt_or_lost_update_shows_in_the_checksum(venue: Venue, kind: FaultKind) -> None:
    session = _subscribe(venue, "book", "BTC/USDT")
    venue.run(2)
    book = ClientBook(10, 1, 8)
    market = venue.gateway.markets["BTC/USDT"]
    for frame in _decimal_frames(session):
        if frame.get("channel") == "book":
            assert book.take(frame["data"][0], is_snapshot=frame["type"] == "snapshot")
    venue.gateway.inject(Fault(kind, "kraken", "BTC/USDT"), market, venue.now_ns)
    venue.run(1)
    updates = [frame for frame in _decimal_frames(session) if frame.get("channel") == "book"]
    assert not book.take(updates[0]["data"][0], is_snapshot=False)


def test_a_crossed_book_passes_its_checksum_and_a_trade_may_be_below_zero(venue: Venue) -> None:
    session = _subscribe(venue, "book", "BTC/USDT")
    market = venue.gateway.markets["BTC/USDT"]
    book = ClientBook(10, 1, 8)
    assert book.take(_decimal_frames(session)[1]["data"][0], is_snapshot=True)
    venue.gateway.inject(Fault(FaultKind.CROSSED_BOOK, "kraken", "BTC/USDT"), market, venue.now_ns)
    assert book.take(_decimal_frames(session)[0]["data"][0], is_snapshot=False)
    assert max(book.bids) > min(book.asks)
    trades = _subscribe(venue, "trade", "BTC/USDT", snapshot=False)
    frames(trades)
    venue.gateway.inject(Fault(FaultKind.NEGATIVE_PRICE, "kraken", "BTC/USDT"), market, venue.now_ns)
    assert frames(trades)[0]["data"][0]["price"] < 0


def test_unsubscribing_stops_a_channel(venue: Venue) -> None:
    session = _subscribe(venue, "book", "BTC/USDT")
    params = {"channel": "book", "symbol": ["BTC/USDT"], "depth": 10}
    venue.send(session, {"method": "unsubscribe", "params": params})
    assert frames(session)[-1]["success"] is True
    venue.run(3)
    assert frames(session) == []
