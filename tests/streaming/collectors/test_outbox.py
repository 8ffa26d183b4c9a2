"""The outbox: every event in its topic and partition, numbered, with how far time has come."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from market.codecs import Batch, decode_batch
from market.events import FeedState, MarketEvent
from market.topics import BOOKS, QUOTES, TRADES, partition_for
from runtime.event_log import NewRecord
from runtime.event_log.port import RECORD_BYTES_MAX
from streaming.collectors.outbox import EVENTS_PER_BATCH_MAX, Outbox
from tests.support.market_events import NOON, bar, delta, quote, snapshot, status, trade

SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT"]
NEVER = 10**18


def _outbox() -> Outbox:
    return Outbox("binance/1", "binance", SYMBOLS)


def _flush(
    outbox: Outbox, watermark: int = NOON, idle_after_ns: int = NEVER
) -> list[tuple[NewRecord, Batch]]:
    records = outbox.flush(watermark, idle_after_ns=idle_after_ns)
    return [(record, decode_batch(record.payload)) for record in records]


def test_each_kind_of_event_goes_to_its_topic_and_a_status_to_both() -> None:
    outbox = _outbox()
    outbox.flush(NOON, idle_after_ns=0)
    outbox.add([trade(), quote(), snapshot(), delta(), bar(), status(FeedState.LIVE)])
    by_topic = {
        record.topic.name: [type(event).__name__ for event in batch.events]
        for record, batch in _flush(outbox)
    }
    assert by_topic == {
        "market.trades": ["Trade", "FeedStatus"],
        "market.quotes": ["Quote"],
        "market.books": ["BookSnapshot", "BookDelta", "FeedStatus"],
        "market.bars": ["Bar"],
    }


@given(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=50))
def test_a_partition_holds_its_instruments_in_the_order_they_came(symbols: list[str]) -> None:
    outbox = _outbox()
    outbox.flush(NOON, idle_after_ns=0)
    outbox.add([trade(symbol=symbol, trade_id=str(number)) for number, symbol in enumerate(symbols)])
    seen: list[MarketEvent] = []
    for record, batch in _flush(outbox):
        assert all(
            partition_for(f"{event.symbol}@{event.venue}", TRADES) == record.partition
            for event in batch.events
        )
        numbers = [int(event.trade_id) for event in batch.events]  # type: ignore[union-attr]
        assert numbers == sorted(numbers)
        seen += batch.events
    assert len(seen) == len(symbols)


def test_batches_of_a_partition_are_numbered_without_a_hole() -> None:
    outbox = _outbox()
    outbox.flush(NOON, idle_after_ns=0)
    numbers = []
    for _ in range(3):
        outbox.add([quote()])
        numbers += [batch.sequence for _, batch in _flush(outbox)]
    assert numbers == [1, 2, 3]


def test_nothing_new_means_no_records_until_a_quiet_partition_is_due_to_hear_the_time() -> None:
    outbox = _outbox()
    partitions = {partition_for(f"{symbol}@binance", TRADES) for symbol in SYMBOLS}
    assert {record.partition for record, _ in _flush(outbox, NOON, 10)} == partitions
    assert _flush(outbox, NOON + 9, 10) == []
    due = _flush(outbox, NOON + 10, 10)
    assert {record.partition for record, _ in due} == partitions
    assert all(batch.events == [] and batch.watermark == NOON + 10 for _, batch in due)


def test_before_the_first_frame_no_time_is_promised() -> None:
    assert _flush(_outbox(), 0, 0 + 1) == []


def test_a_flood_is_split_into_batches_of_a_bounded_size() -> None:
    outbox = _outbox()
    outbox.flush(NOON, idle_after_ns=0)
    outbox.add([quote()] * (2 * EVENTS_PER_BATCH_MAX + 1))
    assert [len(batch.events) for _, batch in _flush(outbox)] == [
        EVENTS_PER_BATCH_MAX,
        EVENTS_PER_BATCH_MAX,
        1,
    ]


def test_only_the_last_of_several_batches_says_how_far_time_has_come() -> None:
    """What follows in the next batch is older than that promise: a bar would close without it."""
    outbox = _outbox()
    outbox.flush(NOON, idle_after_ns=0)
    outbox.add([trade()] * (EVENTS_PER_BATCH_MAX + 1))
    assert [batch.watermark for _, batch in _flush(outbox, NOON + 1)] == [0, NOON + 1]


def test_no_record_is_larger_than_the_log_takes_and_none_is_lost() -> None:
    whole = [(Decimal(f"{price}.123456"), Decimal("1.12345678")) for price in range(50_000, 100_000)]
    outbox = _outbox()
    outbox.flush(NOON, idle_after_ns=0)
    outbox.add([snapshot(bids=whole, asks=[], sequence=number) for number in range(1, 13)])
    found = _flush(outbox)
    assert sum(len(record.payload) for record, _ in found) > RECORD_BYTES_MAX
    assert max(len(record.payload) for record, _ in found) <= RECORD_BYTES_MAX // 2
    assert [batch.sequence for _, batch in found] == list(range(1, len(found) + 1))
    assert [event.sequence for _, batch in found for event in batch.events] == list(range(1, 13))  # type: ignore[union-attr]


def test_a_status_can_be_put_beside_the_quotes_that_it_is_about() -> None:
    outbox = _outbox()
    outbox.flush(NOON, idle_after_ns=0)
    outbox.add_to(QUOTES, status(FeedState.RESYNC, "quotes.dropped"))
    ((record, _),) = _flush(outbox)
    assert record.topic == QUOTES
    assert record.topic != BOOKS
