"""Step 4: bars from trades.

Time passes by the senders' watermarks, never by our own clock: bars are a function of the log alone
and come out the same whether or not a crash lay between. The bars under way are kept beside the
offset that they reach to, in the transaction of the rows.
"""

from collections.abc import Mapping

import msgspec

from market.bars import CLOCK_SKEW_NS_MAX, BarBuilder, BarState
from market.clock import NS_PER_S
from market.events import Bar, FeedState, FeedStatus, MarketEvent, Trade
from market.instruments import InstrumentId
from market.topics import BARS, TRADES
from streaming.flows.decode import SENDERS_MAX
from streaming.flows.metrics import BARS as BARS_BUILT
from streaming.flows.metrics import TRADES_LATE
from streaming.flows.rounds import PartitionKey, Received, Round
from streaming.senders import role_of

TIMEFRAME = "1m"
LAG_NS_MAX = 60 * NS_PER_S
"""A trade that is older says nothing about the lag of its feed: the venue repeats history."""


class Snapshot(msgspec.Struct):
    """The state of one partition of `market.trades`, as of an offset.

    `sequences` are the last batch numbers by sender, `bars` the bars under way by `symbol@venue`.
    """

    sequences: dict[str, int] = {}
    bars: dict[str, BarState] = {}


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Snapshot)


def decode_snapshot(state: bytes) -> Snapshot:
    """Read a kept state."""
    return _decoder.decode(state)


class _Partition:
    """The builders of one partition, and what is kept of it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.sequences = dict(snapshot.sequences)
        self.builders = {
            InstrumentId.parse(key): BarBuilder(InstrumentId.parse(key), TIMEFRAME, state)
            for key, state in snapshot.bars.items()
        }
        self.lag_ns: dict[InstrumentId, int] = {}

    def builder(self, instrument_id: InstrumentId) -> BarBuilder:
        found = self.builders.get(instrument_id)
        if found is None:
            found = self.builders[instrument_id] = BarBuilder(instrument_id, TIMEFRAME)
        return found

    def remember(self, batch: Received) -> None:
        last = self.sequences.pop(batch.sender, 0)
        self.sequences[batch.sender] = max(last, batch.sequence)
        if len(self.sequences) > SENDERS_MAX:
            del self.sequences[next(iter(self.sequences))]

    def state(self) -> bytes:
        bars = {str(key): builder.state for key, builder in self.builders.items()}
        return _encoder.encode(Snapshot(self.sequences, bars))


class Bars:
    """Build one-minute bars of every instrument in the log."""

    def __init__(self, lateness_ns: int, snapshots: Mapping[PartitionKey, Snapshot] | None = None) -> None:
        """Take how long a bar waits for late trades, and the kept states by partition."""
        self._lateness_ns = lateness_ns
        self._partitions = {key: _Partition(snapshot) for key, snapshot in (snapshots or {}).items()}

    def __call__(self, round_: Round) -> Round:
        """Fill `bars` with what closed, and `states` with the state after this round."""
        touched: dict[PartitionKey, _Partition] = {}
        for batch in round_.batches:
            if batch.topic == TRADES.name:
                key = (batch.topic, batch.partition)
                partition = self._partitions.setdefault(key, _Partition(Snapshot()))
                round_.bars += self._apply(partition, batch)
                touched[key] = partition
            elif batch.topic == BARS.name and batch.events:
                self._settle(batch, touched)
        BARS_BUILT.inc(len(round_.bars))
        round_.states = {key: partition.state() for key, partition in touched.items()}
        return round_

    def interrupt(self, key: PartitionKey, ts_event: int) -> None:
        """Mark every bar under way in a partition as incomplete: records of it are lost."""
        if partition := self._partitions.get(key):
            for builder in partition.builders.values():
                builder.interrupt(ts_event)

    def _apply(self, partition: _Partition, batch: Received) -> list[Bar]:
        venue = role_of(batch.sender)
        if batch.has_gap or batch.sender not in partition.sequences:
            # Batches are missing, or another process took over: it can't know what the last one saw.
            received = batch.watermark or max((event.ts_init for event in batch.events), default=0)
            for instrument_id, builder in partition.builders.items():
                if instrument_id.venue == venue:
                    builder.interrupt(received + CLOCK_SKEW_NS_MAX)
        closed: list[Bar] = []
        for event in batch.events:
            if type(event) is Trade:
                closed += _add(partition, event)
            elif is_interruption(event):
                partition.builder(event.instrument_id).interrupt(event.ts_event + CLOCK_SKEW_NS_MAX)
        if batch.watermark:
            closed += self._advance(partition, venue, batch.watermark)
        partition.remember(batch)
        return closed

    def _advance(self, partition: _Partition, venue: str, watermark: int) -> list[Bar]:
        closed: list[Bar] = []
        for instrument_id, builder in partition.builders.items():
            if instrument_id.venue == venue:
                reached = watermark - self._lateness_ns - max(0, partition.lag_ns.get(instrument_id, 0))
                closed += builder.advance(reached, watermark)
        return closed

    def _settle(self, batch: Received, touched: dict[PartitionKey, _Partition]) -> None:
        """Give flat bars after a silence the venue's own close; one key has one partition number."""
        key = (TRADES.name, batch.partition)
        partition = self._partitions.get(key)
        for event in batch.events:
            if not partition or not isinstance(event, Bar) or event.timeframe != TIMEFRAME:
                continue
            if builder := partition.builders.get(event.instrument_id):
                builder.settle(event)
                touched[key] = partition


def is_interruption(event: MarketEvent) -> bool:
    """Whether trades are missing around this event."""
    if not isinstance(event, FeedStatus):
        return False
    if event.state is FeedState.RESYNC:
        return event.reason == "frame.lost"
    return event.reason != "book.resynced"


def _add(partition: _Partition, trade: Trade) -> list[Bar]:
    instrument_id = trade.instrument_id
    builder = partition.builder(instrument_id)
    lag_ns = trade.ts_init - trade.ts_event
    if lag_ns < LAG_NS_MAX:
        partition.lag_ns[instrument_id] = lag_ns
    if builder.open_time is not None and trade.ts_event < builder.open_time:
        TRADES_LATE.inc()
    return builder.add(trade, trade.ts_init)
