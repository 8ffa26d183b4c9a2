"""What the event log on PostgreSQL does beyond the contract: retention, crashes, restarts."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from market.topics import Topic
from runtime.database.embedded import EmbeddedPostgres
from runtime.errors import DatabaseRefused, Unavailable
from runtime.event_log import EventLog, NewRecord, open_event_log
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.runtime.event_log.conftest import topic
from tests.runtime.event_log.test_contract import read_all
from tests.support.servers import embedded_postgres, until

TOPIC = topic(partitions=2)


@pytest.fixture
def log(postgres_settings: CoreSettings) -> Iterator[EventLog]:
    with closing(open_event_log(postgres_settings)) as opened:
        yield opened


@pytest.fixture
def own_server() -> Iterator[tuple[CoreSettings, EmbeddedPostgres]]:
    """A server that a test may kill; with real durability."""
    with embedded_postgres(extra={}) as server:
        yield server


def let_pass(settings: CoreSettings, seconds: float) -> None:
    """Make every slot older instead of waiting."""
    with connect(settings) as connection:
        connection.execute(
            "UPDATE event_log_slots SET opened_at = opened_at - make_interval(secs => %(s)s), "
            "closed_at = closed_at - make_interval(secs => %(s)s)",
            {"s": seconds},
        )


def stored_bytes(settings: CoreSettings) -> int:
    with connect(settings) as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c "
            "WHERE c.relname ~ '^event_log_[0-9]+_[0-9]+$'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_old_records_go_and_a_reader_goes_on_at_the_first_one_kept(
    log: EventLog, postgres_settings: CoreSettings
) -> None:
    kept_60_s = topic(retention_s=60)
    log.create_topics([kept_60_s])
    for number in range(12):
        log.append([NewRecord(kept_60_s, 0, b"%d" % number)])
        let_pass(postgres_settings, 12)
        log.apply_retention()
    first, following = log.bounds(kept_60_s)[0]
    assert following == 12
    assert 0 < first <= 7, "what is younger than its retention stays"
    records = read_all(log, {(kept_60_s.name, 0): 0}, 12 - first)
    assert [record.offset for record in records] == list(range(first, 12))
    assert [record.payload for record in records] == [b"%d" % number for number in range(first, 12)]


def test_retention_keeps_everything_that_is_young(log: EventLog, postgres_settings: CoreSettings) -> None:
    log.create_topics([TOPIC])
    for number in range(5):
        log.append([NewRecord(TOPIC, number % 2, b"x")])
        log.apply_retention()
    assert log.bounds(TOPIC) == {0: (0, 3), 1: (0, 2)}


def test_the_log_stays_within_its_size(log: EventLog, postgres_settings: CoreSettings) -> None:
    limit = 2_000_000
    small = Topic(name="test.small", value="batch", partitions=2, retention_s=3600, retention_bytes=limit)
    log.create_topics([small])
    for number in range(60):
        log.append([NewRecord(small, number % 2, os.urandom(200_000))])
        log.apply_retention()
    assert stored_bytes(postgres_settings) < 2 * limit * 1.25
    bounds = log.bounds(small)
    assert {following for _, following in bounds.values()} == {30}
    expected = sum(following - first for first, following in bounds.values())
    records = read_all(log, {(small.name, 0): 0, (small.name, 1): 0}, expected)
    assert {record.partition for record in records} == {0, 1}
    assert len(records) == expected >= 10


def test_a_silent_topic_empties_itself_in_the_end(log: EventLog, postgres_settings: CoreSettings) -> None:
    log.create_topics([TOPIC])
    log.append([NewRecord(TOPIC, 0, b"x")])
    for _ in range(3):
        let_pass(postgres_settings, TOPIC.retention_s * 2)
        log.apply_retention()
    assert log.bounds(TOPIC) == {0: (1, 1), 1: (0, 0)}
    assert log.append([NewRecord(TOPIC, 0, b"y")]) == [1]
    assert [record.payload for record in read_all(log, {(TOPIC.name, 0): 0}, 1)] == [b"y"]


def test_readers_and_writers_go_on_while_retention_turns_the_slots(
    log: EventLog, postgres_settings: CoreSettings
) -> None:
    short = topic(retention_s=60, partitions=1)
    log.create_topics([short])
    done, was_read, turns = threading.Event(), threading.Event(), list[int]()

    def turn() -> None:
        with closing(open_event_log(postgres_settings)) as keeper:
            while not done.is_set():
                was_read.wait()  # else a slow reader's record grows old before it is read
                was_read.clear()
                let_pass(postgres_settings, 10)
                keeper.apply_retention()
                turns.append(number)

    number = 0
    keeping = threading.Thread(target=turn)
    keeping.start()
    try:
        with closing(open_event_log(postgres_settings)) as reader:
            positions = {(short.name, 0): 0}
            while number < 300 or len(turns) < 20:
                assert keeping.is_alive()
                assert log.append([NewRecord(short, 0, b"%d" % number)]) == [number]
                (record,) = read_all(reader, positions, 1)
                assert (record.offset, record.payload) == (number, b"%d" % number)
                was_read.set()
                number += 1
    finally:
        done.set()
        was_read.set()
        keeping.join()
    assert log.bounds(short)[0][0] > 0


def test_a_changed_retention_is_taken_over(log: EventLog, postgres_settings: CoreSettings) -> None:
    log.create_topics([TOPIC])
    log.create_topics([topic(retention_s=7)])
    with connect(postgres_settings) as connection:
        assert connection.execute("SELECT retention_s FROM event_log_topics").fetchone() == (7,)


def test_a_database_that_goes_away_during_retention_is_a_failure_that_passes(
    log: EventLog, postgres_settings: CoreSettings
) -> None:
    """Whoever keeps the database would else end with it, and stop it for everybody."""
    log.create_topics([TOPIC])
    with connect(postgres_settings, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION event_log_expire(p_topic_id integer) RETURNS boolean LANGUAGE sql AS "
            "'SELECT pg_terminate_backend(pg_backend_pid())'"
        )
    with pytest.raises(Unavailable, match="went away"):
        log.apply_retention()


def test_a_database_without_the_schema_is_said_in_one_line(
    log: EventLog, postgres_settings: CoreSettings
) -> None:
    with connect(postgres_settings, autocommit=True) as connection:
        connection.execute("DROP TABLE event_log_topics CASCADE")
    with pytest.raises(DatabaseRefused, match="event_log_topics") as refusal:
        log.read({(TOPIC.name, 0): 0}, wait_s=0)
    assert "\n" not in str(refusal.value)


def test_what_was_acknowledged_survives_a_killed_server_and_clients_come_back(
    own_server: tuple[CoreSettings, EmbeddedPostgres],
) -> None:
    settings, server = own_server
    with closing(open_event_log(settings)) as log:
        log.create_topics([TOPIC])
        acknowledged = [log.append([NewRecord(TOPIC, 0, b"%d" % number)])[0] for number in range(50)]
        assert log.read({(TOPIC.name, 0): 0}, wait_s=1)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: not server.is_running)
        with pytest.raises(Unavailable, match=r"database (went away|does not answer)"):
            log.append([NewRecord(TOPIC, 0, b"lost")])
        with pytest.raises(Unavailable, match=r"database (went away|does not answer)"):
            log.read({(TOPIC.name, 0): 0}, wait_s=0)
        server.start()
        records = read_all(log, {(TOPIC.name, 0): 0}, 50)
        assert [record.offset for record in records] == acknowledged
        assert log.append([NewRecord(TOPIC, 0, b"after")]) == [50]


def test_a_waiting_reader_learns_that_the_server_stopped(
    own_server: tuple[CoreSettings, EmbeddedPostgres],
) -> None:
    settings, server = own_server
    with closing(open_event_log(settings)) as log:
        log.create_topics([TOPIC])
        failures: list[Unavailable] = []

        def wait() -> None:
            try:
                log.read({(TOPIC.name, 0): 0}, wait_s=120)
            except Unavailable as error:
                failures.append(error)

        reading = threading.Thread(target=wait)
        reading.start()
        with connect(settings, autocommit=True) as connection:
            until(
                lambda: (
                    connection.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'event-log-reader'"
                    ).fetchone()
                    == (1,)
                )
            )
        server.stop()
        reading.join(timeout=60)
        assert len(failures) == 1
