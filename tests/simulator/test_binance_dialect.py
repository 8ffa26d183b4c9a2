"""Binance spot: frames and answers as the venue writes them, and books that can be rebuilt."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.dialects._interface import Answer, Request
from simulator.faults import Fault, FaultKind
from tests.simulator.recordings import BINANCE_SPOT, find
from tests.simulator.shapes import assert_same_shape
from tests.simulator.venues import NOW_NS, Venue, frames

STREAMS = "btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms"
MINUTE_MS = 60_000


@pytest.fixture
def venue() -> Venue:
    return Venue("binance")


@pytest.fixture(scope="module")
def received() -> list[Any]:
    """What a client gets in twenty seconds."""
    venue = Venue("binance")
    session = venue.connect("/stream", streams=f"{STREAMS}/btcusdt@aggTrade/btcusdt@kline_1m")
    venue.run(20)
    return frames(session)


def _of(received: list[Any], stream: str) -> list[Any]:
    return [frame for frame in received if frame["stream"] == stream]


@pytest.mark.parametrize("stream", ["btcusdt@trade", "btcusdt@bookTicker", "btcusdt@depth@100ms"])
def test_frames_are_written_as_the_recorded_ones(received: list[Any], data: Path, stream: str) -> None:
    ours = next(f for f in _of(received, stream) if f["data"].get("b", 1) and f["data"].get("a", 1))
    theirs = find(data / BINANCE_SPOT, lambda frame: frame["stream"] == stream)
    assert_same_shape(ours, theirs)


@pytest.mark.parametrize("kind", ["aggTrade", "kline_1m"])
def test_the_other_streams_are_written_as_the_recorded_ones(
    received: list[Any], data: Path, kind: str
) -> None:
    theirs = find(
        data / "raw_ws/cryptofeed_v3/BINANCE.jsonl.zst",
        lambda frame: frame.get("stream", "").endswith(f"@{kind}"),
    )
    theirs["data"].get("k", {})["B"] = "0"
    assert_same_shape(_of(received, f"btcusdt@{kind}")[0], theirs)


def test_the_depth_snapshot_is_written_as_the_recorded_one(venue: Venue, data: Path) -> None:
    theirs = find(data / BINANCE_SPOT, lambda _: True, kind="http")
    assert_same_shape(venue.get("/api/v3/depth", symbol="BTCUSDT"), theirs)


def test_symbols_are_described_with_the_recorded_fields(venue: Venue, data: Path) -> None:
    theirs = find(data / "raw_ws/cryptofeed_v3/BINANCE.jsonl.zst", lambda d: "symbols" in d, kind="http")
    ours = venue.get("/api/v3/exchangeInfo")
    assert list(ours) == list(theirs)
    assert set(theirs["symbols"][0]) - {"permissionSets"} <= set(ours["symbols"][0])
    kinds = {rule["filterType"]: rule for rule in ours["symbols"][0]["filters"]}
    for rule in theirs["symbols"][0]["filters"]:
        if rule["filterType"] in ("PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE"):
            assert_same_shape(kinds[rule["filterType"]], rule)


def test_a_book_rebuilt_from_snapshot_and_deltas_has_the_tickers_top(venue: Venue) -> None:
    session = venue.connect("/stream", streams=STREAMS)
    venue.run(3)
    buffered = _of(frames(session), "btcusdt@depth@100ms")
    snapshot = venue.get("/api/v3/depth", symbol="BTCUSDT", limit="5000")
    bids, asks = (dict(snapshot[side]) for side in ("bids", "asks"))
    venue.run(60)
    received = frames(session)
    deltas = [f["data"] for f in buffered + _of(received, "btcusdt@depth@100ms")]
    deltas = [delta for delta in deltas if delta["u"] > snapshot["lastUpdateId"]]
    assert deltas[0]["U"] <= snapshot["lastUpdateId"] + 1 <= deltas[0]["u"]
    tickers = {f["data"]["u"]: f["data"] for f in _of(received, "btcusdt@bookTicker")}
    compared, last = 0, None
    for delta in deltas:
        assert last is None or delta["U"] == last + 1, "no update is missing"
        last = delta["u"]
        for side, changes in ((bids, delta["b"]), (asks, delta["a"])):
            side.update(changes)
            for price in [price for price, size in side.items() if Decimal(size) == 0]:
                del side[price]
        newest = max((u for u in tickers if u <= delta["u"]), default=None)
        if newest is not None:
            top, ticker = (max(bids, key=Decimal), min(asks, key=Decimal)), tickers[newest]
            assert (top[0], bids[top[0]], top[1], asks[top[1]]) == tuple(ticker[k] for k in "bBaA")
            compared += 1
    assert compared > 100


def test_the_live_bar_closes_as_rest_tells_it_later(venue: Venue) -> None:
    session = venue.connect("/ws/btcusdt@kline_1m")
    venue.run(62)
    closed = next(f["k"] for f in frames(session) if f["k"]["x"])
    row = venue.get("/api/v3/klines", symbol="BTCUSDT", interval="1m", startTime=str(closed["t"]), limit="1")[
        0
    ]
    names = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q")
    assert [closed[name] for name in names] == row[:11]


def test_trades_make_the_bar_of_their_minute(venue: Venue) -> None:
    session = venue.connect("/ws/btcusdt@trade")
    venue.run(92)
    minute = (NOW_NS // 10**6 // MINUTE_MS + 1) * MINUTE_MS
    trades = [t for t in frames(session) if minute <= t["T"] < minute + MINUTE_MS]
    row = venue.get("/api/v3/klines", symbol="BTCUSDT", interval="1m", startTime=str(minute), limit="1")[0]
    prices = [Decimal(trade["p"]) for trade in trades]
    assert [Decimal(x) for x in row[1:6]] == [
        prices[0],
        max(prices),
        min(prices),
        prices[-1],
        sum(Decimal(trade["q"]) for trade in trades),
    ]
    assert row[8] == len(trades)


def test_pages_of_klines_follow_the_venues_limits(venue: Venue) -> None:
    now_ms = NOW_NS // 10**6
    path, pair = "/api/v3/klines", {"symbol": "ETHUSDT", "interval": "1m"}
    newest = venue.get(path, **pair)
    assert len(newest) == 500
    assert newest[-1][0] == now_ms - now_ms % MINUTE_MS, "the bar under way is shown"
    assert len(venue.get(path, **pair, limit="5000")) == 1000
    start = newest[0][0] + 1
    page = venue.get(path, **pair, startTime=str(start), limit="10")
    assert page == newest[1:11]
    assert venue.get(path, **pair, startTime=str(newest[3][0]), endTime=str(newest[5][0])) == newest[3:6]
    assert venue.get(path, **pair, endTime=str(newest[5][0]), limit="3") == newest[3:6]
    assert venue.get(path, **pair, startTime=str(now_ms + MINUTE_MS)) == []


def test_history_is_at_least_thirty_days_long(venue: Venue) -> None:
    since = NOW_NS // 10**6 - 30 * 86_400_000
    page = venue.get("/api/v3/klines", symbol="BTCUSDT", interval="1m", startTime=str(since), limit="1000")
    assert len(page) == 1000
    assert [row[0] for row in page] == list(range(page[0][0], page[0][0] + 1000 * MINUTE_MS, MINUTE_MS))


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/api/v3/depth", {"symbol": "FOOUSDT"}, 400, -1121),
        ("/api/v3/depth", {}, 400, -1102),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "7m"}, 400, -1120),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "-1"}, 400, -1100),
        ("/api/v3/account", {}, 401, -2014),
    ],
)
def test_refusals_carry_the_venues_code(
    venue: Venue, path: str, query: dict[str, str], status: int, code: int
) -> None:
    assert venue.status(path, **query) == status
    assert venue.get(path, **query)["code"] == code


def test_an_unknown_path_is_not_found(venue: Venue) -> None:
    assert venue.status("/api/v3/nothing") == 404
    assert isinstance(venue.gateway.connect(Request("GET", "/nowhere", {})), Answer)


def test_clients_change_their_streams_while_connected(venue: Venue) -> None:
    session = venue.connect("/ws")
    venue.send(session, {"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1})
    assert frames(session) == [{"result": None, "id": 1}]
    venue.run(10)
    assert {frame["e"] for frame in frames(session)} == {"trade"}
    venue.send(session, {"method": "LIST_SUBSCRIPTIONS", "id": 2})
    assert frames(session) == [{"result": ["btcusdt@trade"], "id": 2}]
    venue.send(session, {"method": "UNSUBSCRIBE", "params": ["btcusdt@trade"], "id": "x"})
    venue.run(10)
    assert frames(session) == [{"result": None, "id": "x"}]


@pytest.mark.parametrize(("message", "code"), [(b"{", 3), (b'{"id":1}', 2), (b'{"method":"SELL","id":1}', 2)])
def test_a_bad_command_is_refused_in_the_venues_words(venue: Venue, message: bytes, code: int) -> None:
    session = venue.connect("/ws")
    venue.send(session, message)
    assert frames(session)[0]["error"]["code"] == code


def test_faults_lose_a_delta_cross_the_book_and_print_below_zero(venue: Venue) -> None:
    session = venue.connect("/stream", streams=STREAMS)
    market = venue.gateway.markets["BTC/USDT"]
    venue.run(2)
    last = _of(frames(session), "btcusdt@depth@100ms")[-1]["data"]["u"]
    venue.gateway.inject(Fault(FaultKind.GAP, "binance"), market, venue.now_ns)
    venue.run(2)
    assert _of(frames(session), "btcusdt@depth@100ms")[0]["data"]["U"] > last + 1
    venue.gateway.inject(Fault(FaultKind.CROSSED_BOOK, "binance"), market, venue.now_ns)
    ask = market.book.top[2]
    venue.run(0.2)
    bids = [
        Decimal(price) for f in _of(frames(session), "btcusdt@depth@100ms") for price, _ in f["data"]["b"]
    ]
    assert max(bids) == (ask + 100) / Decimal(100)
    venue.gateway.inject(Fault(FaultKind.NEGATIVE_PRICE, "binance"), market, venue.now_ns)
    assert Decimal(json.loads(session.outbox[-1])["data"]["p"]) < 0
