"""Coinbase Advanced Trade: frames and answers as the venue writes them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.dialects._interface import Answer, Request
from simulator.faults import Fault, FaultKind
from tests.simulator.recordings import COINBASE, find
from tests.simulator.shapes import assert_same_fields
from tests.simulator.venues import NOW_NS, Venue, frames

CHANNELS = ("market_trades", "ticker", "level2", "candles", "heartbeats")
PRODUCTS = "/api/v3/brokerage/market/products"
NOW_S = NOW_NS // 10**9


@pytest.fixture
def venue() -> Venue:
    return Venue("coinbase")


@pytest.fixture(scope="module")
def received() -> list[Any]:
    """What a client of every channel gets in twenty seconds."""
    venue = Venue("coinbase")
    session = _subscribe(venue, *CHANNELS)
    venue.run(20)
    return frames(session)


def _subscribe(venue: Venue, *channels: str) -> Any:
    session = venue.connect("/")
    for channel in channels:
        venue.send(
            session, {"type": "subscribe", "product_ids": ["BTC-USDT", "ETH-USDT"], "channel": channel}
        )
    return session


def _is(frame: Any, channel: str, kind: str | None) -> bool:
    return bool(frame["channel"] == channel and frame["events"][0].get("type") == kind)


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("market_trades", "snapshot"),
        ("market_trades", "update"),
        ("ticker", "snapshot"),
        ("ticker", "update"),
        ("l2_data", "snapshot"),
        ("l2_data", "update"),
        ("candles", "snapshot"),
        ("candles", "update"),
        ("heartbeats", None),
    ],
)
def test_frames_are_written_as_the_recorded_ones(
    received: list[Any], data: Path, channel: str, kind: str | None
) -> None:
    ours = next(frame for frame in received if _is(frame, channel, kind))
    theirs = find(data / COINBASE, lambda frame: _is(frame, channel, kind))
    assert_same_fields(_plain(ours), _plain(theirs))


def _plain(frame: Any) -> Any:
    """Candles list their keys in another order on the wire than over REST: no client can tell."""
    for candle in frame["events"][0].get("candles", []):
        for key in sorted(candle):
            candle[key] = candle.pop(key)
    return frame


def test_products_are_described_with_the_recorded_fields(venue: Venue, data: Path) -> None:
    theirs = find(data / COINBASE, lambda document: "products" in document, kind="http")
    ours = venue.get(PRODUCTS)
    product = next(item for item in theirs["products"] if item["product_id"] == "BTC-USDT")
    assert list(ours) == list(theirs)
    assert_same_fields(ours["products"][0], product)


def test_every_frame_of_a_connection_is_numbered_without_a_gap(venue: Venue) -> None:
    session = _subscribe(venue, *CHANNELS)
    venue.run(10)
    assert [frame["sequence_num"] for frame in frames(session)] == list(range(session.sequence))


def test_a_book_rebuilt_from_level2_has_the_tickers_top(venue: Venue) -> None:
    session = _subscribe(venue, "level2", "ticker")
    books: dict[str, dict[str, dict[Decimal, Decimal]]] = {}
    for _ in range(40):
        venue.run(0.5)
        venue.gateway.tick(venue.now_ns + 10**8)  # so that no gathered change is left
        for frame in (f for f in frames(session) if f["channel"] == "l2_data"):
            event = frame["events"][0]
            if event["type"] == "snapshot":
                books[event["product_id"]] = {"bid": {}, "offer": {}}
            for update in event["updates"]:
                side = books[event["product_id"]][update["side"]]
                side[Decimal(update["price_level"])] = Decimal(update["new_quantity"])
                if not Decimal(update["new_quantity"]):
                    del side[Decimal(update["price_level"])]
        book = venue.get("/api/v3/brokerage/market/product_book", product_id="BTC-USDT", limit="1")[
            "pricebook"
        ]
        bids, asks = books["BTC-USDT"]["bid"], books["BTC-USDT"]["offer"]
        assert max(bids) == Decimal(book["bids"][0]["price"])
        assert bids[max(bids)] == Decimal(book["bids"][0]["size"])
        assert min(asks) == Decimal(book["asks"][0]["price"])


def test_a_trade_names_the_side_that_rested(venue: Venue) -> None:
    trades = venue.get(f"{PRODUCTS}/BTC-USDT/ticker", limit="50")["trades"]
    newest = {trade.trade_id: trade for trade in venue.gateway.markets["BTC/USDT"].recent(50)}
    assert [trade["side"] for trade in trades] == [
        "SELL" if newest[int(trade["trade_id"])].is_buy else "BUY" for trade in trades
    ]
    assert [trade["time"] for trade in trades] == sorted((t["time"] for t in trades), reverse=True)


def test_candles_come_newest_first_within_start_and_end(venue: Venue) -> None:
    start = NOW_S // 60 * 60 - 600
    query = {"granularity": "ONE_MINUTE", "start": str(start), "end": str(start + 300)}
    candles = venue.get(f"{PRODUCTS}/BTC-USDT/candles", **query)["candles"]
    assert [int(candle["start"]) for candle in candles] == [start + 60 * step for step in (5, 4, 3, 2, 1, 0)]


def test_more_candles_than_the_venue_allows_are_refused(venue: Venue) -> None:
    query = {"granularity": "ONE_MINUTE", "start": str(NOW_S - 400 * 60), "end": str(NOW_S)}
    path = f"{PRODUCTS}/BTC-USDT/candles"
    assert venue.status(path, **query) == 400
    assert venue.get(path, **query)["error"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PRODUCTS}/FOO-USD", 404),
        ("/api/v3/brokerage/nothing", 404),
        (f"{PRODUCTS}/BTC-USDT/candles", 400),
        ("/api/v3/brokerage/market/product_book", 404),
        ("/v2/nothing", 404),
    ],
)
def test_refusals_come_in_the_venues_body(venue: Venue, path: str, status: int) -> None:
    assert venue.status(path) == status
    assert {"error", "errors"} & set(venue.get(path))


def test_a_bad_message_is_answered_with_an_error(venue: Venue) -> None:
    session = venue.connect("/")
    venue.send(session, b"not json")
    venue.send(session, {"type": "subscribe", "channel": "secrets", "product_ids": ["BTC-USDT"]})
    venue.send(session, {"type": "subscribe", "channel": "ticker", "product_ids": ["FOO-USDT"]})
    assert [frame["type"] for frame in frames(session)] == ["error"] * 3
    assert isinstance(venue.gateway.connect(Request("GET", "/v9", {})), Answer)


def test_unsubscribing_stops_a_channel(venue: Venue) -> None:
    session = _subscribe(venue, "market_trades")
    venue.send(session, {"type": "unsubscribe", "product_ids": ["BTC-USDT"], "channel": "market_trades"})
    assert frames(session)[-1]["events"] == [{"subscriptions": {"market_trades": ["ETH-USDT"]}}]
    venue.run(20)
    products = {trade["product_id"] for f in frames(session) for trade in f["events"][0]["trades"]}
    assert products == {"ETH-USDT"}


def test_faults_skip_a_number_cross_the_book_and_print_below_zero(venue: Venue) -> None:
    session = _subscribe(venue, "market_trades", "level2")
    market = venue.gateway.markets["BTC/USDT"]
    frames(session)
    before = session.sequence
    venue.gateway.inject(Fault(FaultKind.GAP, "coinbase"), market, venue.now_ns)
    venue.gateway.inject(Fault(FaultKind.NEGATIVE_PRICE, "coinbase"), market, venue.now_ns)
    received = frames(session)
    assert received[0]["sequence_num"] == before + 1
    assert Decimal(received[0]["events"][0]["trades"][0]["price"]) < 0
    ask = market.book.top[2]
    venue.gateway.inject(Fault(FaultKind.CROSSED_BOOK, "coinbase"), market, venue.now_ns)
    venue.run(0.2)
    updates = [u for f in frames(session) if f["channel"] == "l2_data" for u in f["events"][0]["updates"]]
    assert (ask + 100) / Decimal(100) in {Decimal(u["price_level"]) for u in updates if u["side"] == "bid"}
