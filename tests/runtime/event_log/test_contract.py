"""What every adapter of the event log promises."""

import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.topics import TOPICS, Topic
from runtime.errors import RecordTooLarge, TopicMismatch, UnknownTopic
from runtime.event_log import EventLog, NewRecord, Record, postgres_adapter
from runtime.event_log.port import RECORD_BYTES_MAX
from tests.runtime.event_log.conftest import OpenLog, topic

TOPIC = topic()


def read_all(log: EventLog, positions: dict[tuple[str, int], int], expected: int) -> list[Record]:
    """Read on until `expected` records are there, as a reader does that keeps its positions."""
    records: list[Record] = []
    deadline = time.monotonic() + 60
    while len(records) < expected and time.monotonic() < deadline:
        for record in log.read(positions, wait_s=1, records_max=50):
            records.append(record)
            positions[record.topic, record.partition] = record.offset + 1
    return records


def test_offsets_count_from_zero_without_holes_in_each_partition(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    offsets = [log.append([NewRecord(TOPIC, partition, b"x")]) for partition in (0, 0, 1, 0, 1)]
    assert offsets == [[0], [1], [0], [2], [1]]


def test_one_append_carries_records_of_several_topics_and_partitions(open_log: OpenLog) -> None:
    log, other = open_log(), topic("test.other", partitions=1)
    log.create_topics([TOPIC, other])
    records = [NewRecord(TOPIC, 1, b"a"), NewRecord(other, 0, b"b"), NewRecord(TOPIC, 1, b"c")]
    assert log.append(records) == [0, 0, 1]
    found = read_all(log, {(TOPIC.name, 0): 0, (TOPIC.name, 1): 0, (other.name, 0): 0}, 3)
    assert sorted(found) == [
        Record(other.name, 0, 0, b"b"),
        Record(TOPIC.name, 1, 0, b"a"),
        Record(TOPIC.name, 1, 1, b"c"),
    ]


def test_appending_nothing_does_nothing(open_log: OpenLog) -> None:
    assert open_log().append([]) == []


def test_reading_starts_at_the_given_offset(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    for number in range(5):
        log.append([NewRecord(TOPIC, 0, b"%d" % number)])
    assert [r.payload for r in read_all(log, {(TOPIC.name, 0): 3}, 2)] == [b"3", b"4"]


def test_a_reader_may_go_back(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    log.append([NewRecord(TOPIC, 0, b"a"), NewRecord(TOPIC, 0, b"b")])
    first = read_all(log, {(TOPIC.name, 0): 0}, 2)
    assert read_all(log, {(TOPIC.name, 0): 0}, 2) == first


def test_payloads_come_back_byte_for_byte(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    payloads = [b"", bytes(range(256)) * 4, b"\x00" * 2_000_000]
    for payload in payloads:
        log.append([NewRecord(TOPIC, 0, payload)])
    assert [record.payload for record in read_all(log, {(TOPIC.name, 0): 0}, 3)] == payloads


def test_every_reader_sees_everything(open_log: OpenLog) -> None:
    writer = open_log()
    writer.create_topics([TOPIC])
    for number in range(10):
        writer.append([NewRecord(TOPIC, 0, b"%d" % number)])
    readers = [open_log() for _ in range(3)]
    seen = [[r.offset for r in read_all(reader, {(TOPIC.name, 0): 0}, 10)] for reader in readers]
    assert seen == [list(range(10))] * 3


def test_a_reader_never_passes_over_a_record_of_concurrent_writers(open_log: OpenLog) -> None:
    open_log().create_topics([TOPIC])
    writers, each = 4, 40

    def write(writer: int) -> list[int]:
        log = open_log()
        return [log.append([NewRecord(TOPIC, 0, b"%d:%d" % (writer, n))])[0] for n in range(each)]

    with ThreadPoolExecutor(writers + 1) as pool:
        reading = pool.submit(read_all, open_log(), {(TOPIC.name, 0): 0}, writers * each)
        written = [future.result() for future in [pool.submit(write, n) for n in range(writers)]]
        records = reading.result()
    assert [record.offset for record in records] == list(range(writers * each))
    assert sorted(offset for offsets in written for offset in offsets) == list(range(writers * each))
    for writer, offsets in enumerate(written):
        assert [records[at].payload for at in offsets] == [b"%d:%d" % (writer, n) for n in range(each)]


_names = count()


@settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(
    appends=st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.binary(max_size=40)), min_size=1, max_size=6), max_size=12
    )
)
def test_each_partition_reads_as_it_was_written(
    open_log: OpenLog, appends: list[list[tuple[int, bytes]]]
) -> None:
    three = topic(f"test.property-{next(_names)}", partitions=3)
    log = open_log()
    log.create_topics([three])
    written: dict[int, list[bytes]] = defaultdict(list)
    for append in appends:
        offsets = log.append([NewRecord(three, partition, payload) for partition, payload in append])
        for (partition, payload), offset in zip(append, offsets, strict=True):
            assert offset == len(written[partition])
            written[partition].append(payload)
    total = sum(len(payloads) for payloads in written.values())
    read: dict[int, list[bytes]] = defaultdict(list)
    for record in read_all(log, {(three.name, partition): 0 for partition in range(3)}, total):
        assert record.offset == len(read[record.partition])
        read[record.partition].append(record.payload)
    assert read == written


def test_a_waiting_reader_wakes_when_a_record_comes(
    open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_adapter, "WAKE_S", 60.0)  # it is told, it does not look now and then
    writer, reader = open_log(), open_log()
    writer.create_topics([TOPIC])
    positions = {(TOPIC.name, 0): 0, (TOPIC.name, 1): 0}
    assert reader.read(positions, wait_s=0.01) == []
    writer.append([NewRecord(TOPIC, 0, b"connects the writer")])
    positions[TOPIC.name, 0] = reader.read(positions, wait_s=30)[0].offset + 1
    delays_s: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        while sum(delay < 0.15 for delay in delays_s) < 3:
            assert len(delays_s) < 50, f"a reader that is told is quick, whatever else runs: {delays_s}"
            waiting = pool.submit(reader.read, dict(positions), wait_s=30)
            started = time.monotonic()
            writer.append([NewRecord(TOPIC, 0, b"x")])
            (record,) = waiting.result()
            delays_s.append(time.monotonic() - started)
            positions[TOPIC.name, 0] = record.offset + 1


def test_reading_an_empty_partition_waits_and_returns_nothing(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    started = time.monotonic()
    assert log.read({(TOPIC.name, 0): 0}, wait_s=0.3) == []
    assert time.monotonic() - started > 0.25


def test_a_position_beyond_the_end_waits_for_it(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    log.append([NewRecord(TOPIC, 0, b"0")])
    positions = {(TOPIC.name, 0): 2}
    assert log.read(positions, wait_s=0.1) == []
    for payload in (b"1", b"2"):
        log.append([NewRecord(TOPIC, 0, payload)])
    assert [record.payload for record in read_all(log, positions, 1)] == [b"2"]


def test_a_long_partition_does_not_starve_the_others(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    for _ in range(100):
        log.append([NewRecord(TOPIC, 0, b"much")])
    log.append([NewRecord(TOPIC, 1, b"little")])
    records = read_all(log, {(TOPIC.name, 0): 0, (TOPIC.name, 1): 0}, 101)
    assert len(records) == 101
    assert [record.payload for record in records if record.partition == 1] == [b"little"]


def test_bounds_tell_the_first_and_the_next_offset(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    for _ in range(3):
        log.append([NewRecord(TOPIC, 1, b"x")])
    assert log.bounds(TOPIC) == {0: (0, 0), 1: (0, 3)}


@pytest.mark.parametrize(("known", "partition"), [(False, 0), (True, 2)])
def test_a_topic_or_partition_that_was_never_created_is_named(
    open_log: OpenLog, *, known: bool, partition: int
) -> None:
    log = open_log()
    if known:
        log.create_topics([TOPIC])
    with pytest.raises(UnknownTopic, match=r"test\.topic.*2" if known else r"test\.topic"):
        log.append([NewRecord(TOPIC, partition, b"x")])
    with pytest.raises(UnknownTopic, match=r"test\.topic"):
        log.read({(TOPIC.name, partition): 0}, wait_s=0)


def test_bounds_and_incarnation_of_an_unknown_topic_are_refused(open_log: OpenLog) -> None:
    log = open_log()
    with pytest.raises(UnknownTopic):
        log.bounds(TOPIC)
    with pytest.raises(UnknownTopic):
        log.incarnation(TOPIC)


def test_a_record_beyond_the_limit_is_refused_and_nothing_is_written(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    with pytest.raises(RecordTooLarge, match="the limit is"):
        log.append([NewRecord(TOPIC, 0, b"x"), NewRecord(TOPIC, 0, b"x" * (RECORD_BYTES_MAX + 1))])
    assert log.bounds(TOPIC)[0] == (0, 0)


def test_a_record_at_the_limit_passes(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    log.append([NewRecord(TOPIC, 0, b"x" * RECORD_BYTES_MAX)])
    assert [len(record.payload) for record in read_all(log, {(TOPIC.name, 0): 0}, 1)] == [RECORD_BYTES_MAX]


def test_creating_topics_again_keeps_their_records(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    before = log.incarnation(TOPIC)
    log.append([NewRecord(TOPIC, 0, b"x")])
    open_log().create_topics([TOPIC, topic("test.more")])
    assert log.incarnation(TOPIC) == before
    assert log.bounds(TOPIC)[0] == (0, 1)


def test_another_number_of_partitions_is_refused(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    with pytest.raises(TopicMismatch, match="has 2 partitions, this version wants 3"):
        log.create_topics([topic(partitions=3)])


def test_a_topic_that_was_made_again_has_another_incarnation_and_starts_over(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    log.append([NewRecord(TOPIC, 0, b"old")])
    before = log.incarnation(TOPIC)
    if before == "None":
        pytest.skip("noida-db gives topics no ids; Apache Kafka does since 2.8")
    log.delete_topics([TOPIC, topic("test.never-made")])
    log.create_topics([TOPIC])
    assert log.incarnation(TOPIC) != before
    log.append([NewRecord(TOPIC, 0, b"new")])
    assert [r.payload for r in read_all(open_log(), {(TOPIC.name, 0): 0}, 1)] == [b"new"]


def test_closing_lets_a_waiting_reader_go(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics([TOPIC])
    started = threading.Event()

    def wait() -> list[Record]:
        started.set()
        return log.read({(TOPIC.name, 0): 0}, wait_s=60)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(wait)
        started.wait()
        log.close()
        assert reading.result(timeout=30) == []


def test_the_real_topics_can_be_created(open_log: OpenLog) -> None:
    log = open_log()
    log.create_topics(TOPICS)
    shapes: list[tuple[Topic, int]] = [(each, len(log.bounds(each))) for each in TOPICS]
    assert all(each.partitions == partitions for each, partitions in shapes)
