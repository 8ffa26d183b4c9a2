"""What is written to the log comes back as it was; what is not ours is refused with its reason."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.codecs import SCHEMA_VERSION, Batch, decode_batch, encode_batch, to_json_line
from market.errors import BadMessage
from market.events import FeedState, LiveFrame, MarketEvent, Quality, QualityState, Quarantined, Side
from tests.support.market_events import NOON, bar, delta, levels, quote, snapshot, status, trade, trade_series

EVENTS: list[MarketEvent] = [
    trade(),
    quote(),
    snapshot(),
    delta(levels(("99", "0"))),
    bar(),
    status(FeedState.RESYNC, "book.sequence_gap"),
    LiveFrame(
        venue="binance",
        symbol="BTC/USDT",
        ts_event=NOON,
        ts_init=NOON,
        sequence=1,
        bids=levels(("99", "1")),
        asks=[],
        last_price=None,
        last_size=None,
        last_side=Side.SELL,
    ),
    Quality(
        venue="binance",
        symbol="BTC/USDT",
        ts_event=NOON,
        ts_init=NOON,
        state=QualityState.OK,
        reason="",
        lag_ms=1.5,
        updates_per_s=10.0,
        gaps=0,
        quarantined=0,
    ),
    Quarantined(
        venue="binance",
        symbol="",
        ts_event=NOON,
        ts_init=NOON,
        reason="frame.not_json",
        detail="…",
        raw=b"\x00\xff",
    ),
]


def test_every_kind_of_event_survives_the_log() -> None:
    batch = decode_batch(encode_batch(EVENTS, sender="binance/1", sequence=7, watermark=NOON))
    assert batch.events == EVENTS
    assert [type(event) for event in batch.events] == [type(event) for event in EVENTS]
    assert (batch.sender, batch.sequence, batch.watermark) == ("binance/1", 7, NOON)


@given(trade_series())
def test_prices_survive_with_every_digit(trades: list[MarketEvent]) -> None:
    decoded = decode_batch(encode_batch(list(trades), sender="x", sequence=1)).events
    assert decoded == trades
    assert [str(event.price) for event in decoded] == [str(event.price) for event in trades]  # type: ignore[union-attr]


def test_a_batch_written_before_watermarks_existed_is_still_read() -> None:
    old = msgspec.msgpack.encode([SCHEMA_VERSION, "binance/1", 1, []])
    assert decode_batch(old).watermark == 0


@given(st.binary(max_size=200))
def test_foreign_bytes_give_one_clear_error(payload: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_batch(b"\xc1" + payload)


def test_a_batch_of_another_schema_is_refused() -> None:
    with pytest.raises(BadMessage, match="schema version 99"):
        decode_batch(msgspec.msgpack.encode(Batch(99, "x", 1, [])))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_json_line_names_its_kind_and_writes_prices_as_plain_strings(event: MarketEvent) -> None:
    line = to_json_line(event)
    document = json.loads(line)
    assert line.endswith(b"\n")
    assert next(iter(document)) == "kind"
    assert {"venue", "symbol", "ts_event", "ts_init"} <= document.keys()
    for name in ("price", "size", "bid_price", "open", "volume"):
        assert isinstance(document.get(name, ""), str)


def test_a_tiny_price_is_written_without_an_exponent() -> None:
    document = json.loads(to_json_line(trade(Decimal("0.00000001"))))
    assert document["price"] == "0.00000001"
