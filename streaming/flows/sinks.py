"""The dataflow's outputs: the archive, and topics of the log, as Bytewax sinks."""

from bytewax.outputs import DynamicSink, StatelessSinkPartition

from market.clock import NS_PER_MS
from market.codecs import encode_batch
from market.events import MarketEvent
from market.topics import Topic
from runtime.event_log import NewRecord
from streaming.flows.archive import UNIT_ROWS_MAX, Archive, Unit
from streaming.flows.rounds import Round
from streaming.flows.source import Control
from streaming.log_writer import LogWriter


class ArchiveSink(DynamicSink[Round]):
    """Gather rounds into units and hand them to the archive."""

    def __init__(self, archive: Archive, control: Control, *, interval_ms: float) -> None:
        """Take the archive and how long rounds are gathered."""
        self._partition = _ArchivePartition(archive, control, int(interval_ms * NS_PER_MS))

    def build(self, step_id: str, worker_index: int, worker_count: int) -> StatelessSinkPartition[Round]:
        """Return the one partition; Bytewax calls this once per worker."""
        del step_id, worker_index, worker_count
        return self._partition


class _ArchivePartition(StatelessSinkPartition[Round]):
    def __init__(self, archive: Archive, control: Control, interval_ns: int) -> None:
        self._archive = archive
        self._control = control
        self._interval_ns = interval_ns
        self._unit = Unit()
        self._put_ns = 0

    def write_batch(self, items: list[Round]) -> None:
        for round_ in items:
            self._unit.add(round_)
            is_due = round_.now_ns - self._put_ns >= self._interval_ns
            if is_due or self._unit.built or self._unit.rows >= UNIT_ROWS_MAX:
                self._put_ns = round_.now_ns
                self._flush()
        if self._archive.failure:
            self._control.fail(self._archive.failure)

    def close(self) -> None:
        self._flush()

    def _flush(self) -> None:
        if self._unit.positions:
            self._archive.put(self._unit)
            self._unit = Unit()


class TopicSink(DynamicSink[list[MarketEvent]]):
    """Append lists of events to partition 0 of a topic, one message a list, through a writer thread."""

    def __init__(self, topic: Topic, writer: LogWriter, sender: str) -> None:
        """Take the topic, the writer, and the name to write under."""
        assert topic.partitions == 1, "conflated topics have one partition"
        self._partition = _TopicPartition(topic, writer, sender)

    def build(
        self, step_id: str, worker_index: int, worker_count: int
    ) -> StatelessSinkPartition[list[MarketEvent]]:
        """Return the one partition; Bytewax calls this once per worker."""
        del step_id, worker_index, worker_count
        return self._partition


class _TopicPartition(StatelessSinkPartition[list[MarketEvent]]):
    def __init__(self, topic: Topic, writer: LogWriter, sender: str) -> None:
        self._topic, self._writer, self._sender = topic, writer, sender
        self._sequence = 0

    def write_batch(self, items: list[list[MarketEvent]]) -> None:
        for events in items:
            self._sequence += 1
            payload = encode_batch(events, sender=self._sender, sequence=self._sequence)
            self._writer.offer([NewRecord(self._topic, 0, payload)])
