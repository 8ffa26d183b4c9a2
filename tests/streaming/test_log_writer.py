"""The log writer: nothing acknowledged is lost, what is dropped is counted, the rest waits in order."""

import threading
from collections.abc import Sequence

import pytest

from market.topics import QUOTES, TRADES, Topic
from runtime.errors import Permanent, RecordTooLarge, Unavailable
from runtime.event_log import NewRecord
from streaming.log_writer import LogWriter
from tests.support.servers import until


class SwitchableLog:
    """An event log that can be taken away; remembers what was appended."""

    def __init__(self) -> None:
        self.is_up = threading.Event()
        self.is_up.set()
        self.failure: Permanent | None = None
        self.appended: list[NewRecord] = []
        self.calls = 0

    def append(self, records: Sequence[NewRecord]) -> list[int]:
        self.calls += 1
        if self.failure:
            raise self.failure
        if not self.is_up.is_set():
            raise Unavailable("gone")
        self.appended += records
        return list(range(len(records)))


def _record(topic: Topic, text: str, partition: int = 0) -> NewRecord:
    return NewRecord(topic, partition, text.encode())


def _writer(log: SwitchableLog, bytes_max: int = 1_000_000) -> LogWriter:
    return LogWriter(log, bytes_max=bytes_max, droppable=(QUOTES,))  # type: ignore[arg-type]


def _texts(log: SwitchableLog, topic: Topic) -> list[str]:
    return [record.payload.decode() for record in log.appended if record.topic == topic]


def test_records_are_appended_in_order_and_many_at_a_time() -> None:
    log = SwitchableLog()
    writer = _writer(log)
    for number in range(100):
        writer.offer([_record(TRADES, f"{number:03}")])
    writer.start()
    assert writer.stop(5) == 0
    assert _texts(log, TRADES) == [f"{number:03}" for number in range(100)]
    assert log.calls == 1


def test_what_waits_while_the_log_is_away_is_written_when_it_is_back() -> None:
    log = SwitchableLog()
    log.is_up.clear()
    writer = _writer(log)
    writer.start()
    writer.offer([_record(TRADES, "a")])
    until(lambda: not writer.is_connected, what="the writer notices")
    writer.offer([_record(TRADES, "b"), _record(QUOTES, "q")])
    log.is_up.set()
    until(lambda: len(log.appended) == 3, what="everything is written")
    assert writer.stop(5) == 0
    assert (_texts(log, TRADES), _texts(log, QUOTES)) == (["a", "b"], ["q"])
    assert writer.is_connected


def test_beyond_the_bound_the_oldest_quotes_go_first_and_are_counted_by_partition() -> None:
    log = SwitchableLog()
    writer = _writer(log, bytes_max=10)
    writer.offer([_record(QUOTES, "q1"), _record(QUOTES, "q2", 3), _record(TRADES, "t1")])
    writer.offer([_record(TRADES, "t2"), _record(QUOTES, "q3"), _record(TRADES, "t3")])
    assert writer.take_dropped() == {(QUOTES.name, 0): 1, (QUOTES.name, 3): 1}
    assert writer.take_dropped() == {}
    writer.start()
    assert writer.stop(5) == 0
    assert _texts(log, TRADES) == ["t1", "t2", "t3"]
    assert _texts(log, QUOTES) == ["q3"]


def test_trades_are_never_dropped_and_a_full_buffer_says_so() -> None:
    log = SwitchableLog()
    log.is_up.clear()
    writer = _writer(log, bytes_max=10)
    assert not writer.is_full
    writer.offer([_record(TRADES, f"trade {number}") for number in range(5)])
    assert writer.is_full
    assert writer.take_dropped() == {}
    log.is_up.set()
    writer.start()
    until(lambda: not writer.is_full, what="the buffer empties")
    assert writer.stop(5) == 0
    assert len(log.appended) == 5


def test_a_log_that_stays_away_at_the_stop_leaves_a_number_of_bytes() -> None:
    log = SwitchableLog()
    log.is_up.clear()
    writer = _writer(log)
    writer.start()
    writer.offer([_record(TRADES, "12345")])
    assert writer.stop(5) == 5


@pytest.mark.parametrize("failure", [RecordTooLarge("9 MB"), Permanent("refused")])
def test_a_failure_that_no_retry_mends_is_kept_for_the_owner(failure: Permanent) -> None:
    log = SwitchableLog()
    log.failure = failure
    writer = _writer(log)
    writer.start()
    writer.offer([_record(TRADES, "x")])
    until(lambda: writer.failure is not None, what="the failure shows")
    assert writer.failure is failure
    writer.stop(5)
