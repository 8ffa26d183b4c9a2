"""The dataflow's input: one reader of the event log for all partitions, as a Bytewax source."""

import threading
from collections.abc import Mapping
from datetime import datetime

from bytewax.inputs import DynamicSource, StatelessSourcePartition

from market.clock import NS_PER_MS, NS_PER_S, Clock
from runtime.errors import RuntimeFailure
from runtime.event_log import EventLog
from streaming.flows.rounds import PartitionKey, Position, Round

PACE_NS = 8 * NS_PER_MS
"""While records come, looks are at least this far apart: frames go out no oftener, and each look costs."""

WAIT_S = 0.008
IDLE_WAIT_S = 0.05
"""A look into the log waits this long for something new: briefly while frames may be due, longer
once nothing came."""

RECORDS_MAX = 500
PULSE_NS = 10 * NS_PER_MS
"""A round goes out at least this often, empty if need be, so that the steps see time pass."""


class Control:
    """Ends a run: asked to from outside, or because a part of it failed."""

    def __init__(self) -> None:
        self._is_stopping = threading.Event()
        self.failure: RuntimeFailure | None = None

    def stop(self) -> None:
        """Let the source end, and with it the dataflow."""
        self._is_stopping.set()

    def fail(self, failure: RuntimeFailure) -> None:
        """End the run because of `failure`; the first one counts."""
        self.failure = self.failure or failure
        self._is_stopping.set()

    def wait(self, wait_ns: int) -> None:
        """Wait for some nanoseconds, or until the run is to end."""
        if wait_ns > 0:
            self._is_stopping.wait(wait_ns / NS_PER_S)

    @property
    def is_stopping(self) -> bool:
        """Whether the run is to end."""
        return self._is_stopping.is_set()


class LogSource(DynamicSource[Round]):
    """Rounds from the event log. It works on one worker: scale out by giving processes partitions."""

    def __init__(
        self, event_log: EventLog, read_from: Mapping[PartitionKey, int], control: Control, clock: Clock
    ) -> None:
        """Take the log and, by partition, the offset to begin with."""
        self._reader = LogReader(event_log, read_from, control, clock)

    def build(self, step_id: str, worker_index: int, worker_count: int) -> StatelessSourcePartition[Round]:
        """Return the reader; Bytewax calls this once per worker."""
        del step_id, worker_index
        assert worker_count == 1, "one reader of all partitions needs one worker"
        return self._reader


class LogReader(StatelessSourcePartition[Round]):
    """Read all partitions and count on."""

    def __init__(
        self, event_log: EventLog, read_from: Mapping[PartitionKey, int], control: Control, clock: Clock
    ) -> None:
        """Take the log and, by partition, the offset to begin with."""
        self._log = event_log
        self._positions = dict(read_from)
        self._control = control
        self._clock = clock
        self._emitted_ns = 0
        self._is_idle = False
        self._looked_ns = 0

    def next_batch(self) -> list[Round]:
        """Return one round, or nothing when it is too early for an empty one.

        Raises:
            StopIteration: the run is to end.
        """
        if self._control.is_stopping:
            raise StopIteration
        self._control.wait(self._looked_ns + PACE_NS - self._clock.now_ns())
        try:
            wait_s = IDLE_WAIT_S if self._is_idle else WAIT_S
            records = self._log.read(self._positions, wait_s=wait_s, records_max=RECORDS_MAX)
        except RuntimeFailure as failure:
            self._control.fail(failure)
            raise StopIteration from failure
        now_ns = self._clock.now_ns()
        self._is_idle = not records
        self._looked_ns = now_ns if records else 0
        if not records and now_ns - self._emitted_ns < PULSE_NS:
            return []
        self._emitted_ns = now_ns
        changed: dict[PartitionKey, Position] = {}
        for record in records:
            following = record.offset + 1
            self._positions[record.topic, record.partition] = following
            changed[record.topic, record.partition] = Position(following, following)
        return [Round(now_ns, records, changed)]

    def next_awake(self) -> datetime | None:
        """Ask to be called again at once: the waiting is done in `next_batch`."""
        return None
