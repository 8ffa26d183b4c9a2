"""A thread that appends to the event log, so that sockets and dataflows never wait for it.

Order is kept within each topic. While the log is away the records wait, up to a bound of bytes:
beyond it the oldest records of droppable topics go first, counted by partition; what may not be
dropped stays, and `is_full` tells the owner to stop its intake. An append that failed may have been
written: it is repeated as it was, and readers recognise the repetition by the batch's sequence.
"""

import random
import threading
from collections import Counter, deque
from collections.abc import Sequence

import structlog

from market.topics import Topic
from runtime.errors import Permanent, Unavailable
from runtime.event_log import EventLog, NewRecord

APPEND_RECORDS_MAX = 500
APPEND_BYTES_MAX = 4 * 1024 * 1024
RETRY_S_MIN = 0.1
RETRY_S_MAX = 2.0

log = structlog.get_logger()


class LogWriter:
    """Append records in the background, in order, many at a time."""

    def __init__(self, event_log: EventLog, *, bytes_max: int, droppable: Sequence[Topic] = ()) -> None:
        """Take the log, the bound of waiting bytes, and the topics whose records may be dropped."""
        self._log = event_log
        self._bytes_max = bytes_max
        self._droppable = frozenset(topic.name for topic in droppable)
        self._kept: deque[NewRecord] = deque()
        self._droppables: deque[NewRecord] = deque()
        self._in_flight_bytes = 0
        self._waiting_bytes = 0
        self._dropped: Counter[tuple[str, int]] = Counter()
        self._changed = threading.Condition()
        self._is_stopping = threading.Event()
        self._jitter = random.Random(0)  # noqa: S311  (spreads retries, guards nothing)
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self.failure: Permanent | None = None
        self.is_connected = True
        self.records_written = 0

    @property
    def pending_bytes(self) -> int:
        """Bytes that wait or are being written."""
        return self._waiting_bytes + self._in_flight_bytes

    @property
    def has_waiting(self) -> bool:
        """Whether records wait for the append under way: more of them could as well be gathered first."""
        return self._waiting_bytes > 0

    @property
    def is_full(self) -> bool:
        """Whether the bound is reached, so that nothing more should be taken in."""
        return self.pending_bytes >= self._bytes_max

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def offer(self, records: Sequence[NewRecord]) -> None:
        """Queue records; never waits. Beyond the bound, the oldest droppable ones make room."""
        with self._changed:
            for record in records:
                is_droppable = record.topic.name in self._droppable
                (self._droppables if is_droppable else self._kept).append(record)
                self._waiting_bytes += len(record.payload)
            while self.is_full and self._droppables:
                self._drop(self._droppables.popleft())
            self._changed.notify()

    def take_dropped(self) -> Counter[tuple[str, int]]:
        """Return how many records were dropped since the last call, by topic name and partition."""
        with self._changed:
            dropped, self._dropped = self._dropped, Counter()
        return dropped

    def stop(self, timeout_s: float) -> int:
        """Write what waits, for at most `timeout_s`; return the bytes that were left unwritten."""
        with self._changed:
            self._is_stopping.set()
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return self.pending_bytes

    def _drop(self, record: NewRecord) -> None:
        self._waiting_bytes -= len(record.payload)
        self._dropped[record.topic.name, record.partition] += 1

    def _run(self) -> None:
        while records := self._take():
            if not self._append(records):
                return

    def _take(self) -> list[NewRecord]:
        """Wait for records and move some out of the queues; nothing when stopping and all is written."""
        with self._changed:
            while not self._kept and not self._droppables and not self._is_stopping.is_set():
                self._changed.wait()
            taken: list[NewRecord] = []
            for queue in (self._kept, self._droppables):
                while queue and len(taken) < APPEND_RECORDS_MAX and self._in_flight_bytes < APPEND_BYTES_MAX:
                    record = queue.popleft()
                    self._waiting_bytes -= len(record.payload)
                    self._in_flight_bytes += len(record.payload)
                    taken.append(record)
            return taken

    def _append(self, records: list[NewRecord]) -> bool:
        """Append until it works; whether the thread may go on."""
        pause_s = RETRY_S_MIN
        while True:
            try:
                self._log.append(records)
            except Unavailable as error:
                if self.is_connected:
                    log.warning("event_log_unavailable", reason=str(error))
                self.is_connected = False
                if self._is_stopping.is_set():
                    return False
                self._is_stopping.wait(pause_s * self._jitter.uniform(0.5, 1.0))
                pause_s = min(2 * pause_s, RETRY_S_MAX)
            except Permanent as error:
                self.failure = error
                return False
            else:
                break
        if not self.is_connected:
            log.info("event_log_available")
        self.is_connected = True
        self.records_written += len(records)
        with self._changed:
            self._in_flight_bytes = 0
        return True
