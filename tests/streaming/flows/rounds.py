"""Rounds for tests of single steps: what the decoder would have made of records."""

from collections.abc import Sequence

from market.events import MarketEvent
from market.topics import TRADES, Topic, partition_for
from streaming.flows.rounds import Position, Received, Round
from tests.support.market_events import NOON

PARTITION = partition_for("BTC/USDT@binance", TRADES)


def received(
    events: Sequence[MarketEvent],
    *,
    topic: Topic = TRADES,
    offset: int = 0,
    sender: str = "binance/1",
    sequence: int = 1,
    watermark: int = 0,
    is_replay: bool = False,
    has_gap: bool = False,
) -> Received:
    return Received(
        topic.name,
        PARTITION if topic.partitions > 1 else 0,
        offset,
        sender,
        sequence,
        watermark,
        list(events),
        is_replay=is_replay,
        has_gap=has_gap,
    )


def a_round(*batches: Received, now_ns: int = NOON) -> Round:
    positions = {
        (batch.topic, batch.partition): Position(batch.offset + 1, batch.offset + 1) for batch in batches
    }
    return Round(now_ns, batches=list(batches), positions=positions)
