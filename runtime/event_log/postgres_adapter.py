"""The event log on PostgreSQL: tables, a row lock per partition, LISTEN and NOTIFY.

Two connections per instance, opened at the first use: one appends and answers questions, one reads
and listens. A lost connection raises `Unavailable` and is opened anew by the next call.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import psycopg
import structlog
from psycopg import sql

from market.topics import Topic
from runtime.errors import TopicMismatch, UnknownTopic
from runtime.event_log.port import NewRecord, Positions, Record, refuse_large
from runtime.postgres import Connection, connect, first_line, own_errors
from runtime.settings import CoreSettings

WAKE_S = 0.25
"""A waiting reader looks again this often even when no notification comes."""

RETENTION_LOCK_MS = 2000
"""Retention gives up on a slot that somebody reads for longer; the next round takes it."""

UNKNOWN_TOPIC_SQLSTATE = "TG404"

CREATE = "SELECT event_log_create(%s, %s, %s, %s)"
APPEND = "CALL event_log_publish(%s::text[], %s::int[], %b::bytea[], NULL)"
HEADS = """
SELECT t.name, h.partition, h.next_offset, t.topic_id, s.slot, s.first_offset
FROM event_log_heads h
JOIN event_log_topics t USING (topic_id)
JOIN event_log_segments s ON s.topic_id = t.topic_id AND s.partition = h.partition AND s.slot = t.slot
WHERE t.name = ANY (%s)
"""
SEGMENTS = """
SELECT s.slot, s.first_offset
FROM event_log_segments s JOIN event_log_slots o USING (topic_id, slot)
WHERE s.topic_id = %s AND s.partition = %s ORDER BY o.opened_at
"""
BOUNDS = """
SELECT h.partition, min(s.first_offset), h.next_offset
FROM event_log_heads h
JOIN event_log_topics t USING (topic_id)
JOIN event_log_segments s USING (topic_id, partition)
WHERE t.name = %s GROUP BY h.partition, h.next_offset ORDER BY h.partition
"""
RECORDS = """
SELECT log_offset, payload FROM {} WHERE partition = %s AND log_offset >= %s ORDER BY log_offset LIMIT %s
"""

log = structlog.get_logger(__name__)


class _Head(NamedTuple):
    """A partition's end, and the slot that is being filled."""

    next_offset: int
    topic_id: int
    slot: int
    slot_first_offset: int


class PostgresEventLog:
    """The event log in the tables of `0001_event_log.sql`."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self._writer = _Link(settings, "event-log-writer")
        self._reader = _Link(
            # Slots are never analysed, and always read along their index.
            settings,
            "event-log-reader",
            options=("enable_seqscan", "enable_bitmapscan", "enable_sort"),
        )
        self._is_closed = False

    def create_topics(self, topics: Sequence[Topic]) -> None:
        """Create the topics that are missing; see the port."""
        with self._writer.use() as connection:
            for topic in topics:
                shape = (topic.name, topic.partitions, topic.retention_s, topic.retention_bytes)
                row = connection.execute(CREATE, shape).fetchone()
                if row != (topic.partitions,):
                    raise TopicMismatch(
                        f"topic {topic.name} has {row and row[0]} partitions, this version wants "
                        f"{topic.partitions}: delete the topic, or use a new data folder"
                    )

    def delete_topics(self, topics: Sequence[Topic]) -> None:
        """Delete topics with all their records; see the port."""
        with self._writer.use() as connection:
            for topic in topics:
                connection.execute("SELECT event_log_delete(%s)", (topic.name,))

    def append(self, records: Sequence[NewRecord]) -> list[int]:
        """Append records in one transaction; see the port."""
        if not records:
            return []
        refuse_large(records)
        columns = (
            [record.topic.name for record in records],
            [record.partition for record in records],
            [record.payload for record in records],
        )
        with self._writer.use() as connection:
            try:
                row = connection.execute(APPEND, columns, binary=True, prepare=True).fetchone()
            except psycopg.DatabaseError as error:
                if error.sqlstate != UNKNOWN_TOPIC_SQLSTATE:
                    raise
                raise UnknownTopic(f"{first_line(error)} in the event log: create it first") from None
        assert row is not None
        offsets: list[int] = row[0]
        return offsets

    def read(self, positions: Positions, *, wait_s: float, records_max: int = 500) -> list[Record]:
        """Return the next records; see the port."""
        deadline = time.monotonic() + wait_s
        while True:
            with self._reader.use() as connection:
                heads = _heads(connection, positions)
                if records := _collect(connection, positions, heads, records_max):
                    return records
                if self._reader.listen({head.topic_id for head in heads.values()}):
                    continue  # look once more: something may have come just before
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0 or self._is_closed:
                    return []
                for _ in connection.notifies(timeout=min(remaining_s, WAKE_S), stop_after=1):
                    pass

    def bounds(self, topic: Topic) -> dict[int, tuple[int, int]]:
        """Return the retained offsets by partition; see the port."""
        with self._writer.use() as connection:
            rows = connection.execute(BOUNDS, (topic.name,)).fetchall()
        if not rows:
            raise UnknownTopic(f"no topic {topic.name} in the event log: create it first")
        return {partition: (first, following) for partition, first, following in rows}

    def incarnation(self, topic: Topic) -> str:
        """Return the topic's identifier; see the port."""
        with self._writer.use() as connection:
            row = connection.execute(
                "SELECT incarnation::text FROM event_log_topics WHERE name = %s", (topic.name,)
            ).fetchone()
        if row is None:
            raise UnknownTopic(f"no topic {topic.name} in the event log: create it first")
        return str(row[0])

    def apply_retention(self) -> None:
        """Turn every topic's ring of slots and empty what is too old or too much; see the port."""
        with (
            connect(self._settings, autocommit=True, name="event-log-retention") as connection,
            own_errors("the event log's database"),
        ):
            connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{RETENTION_LOCK_MS}ms",))
            for name, topic_id in connection.execute(
                "SELECT name, topic_id FROM event_log_topics"
            ).fetchall():
                try:
                    _retain(connection, topic_id)
                except psycopg.errors.LockNotAvailable:
                    log.info("event_log_retention_postponed", topic=name)

    def close(self) -> None:
        """Close both connections; see the port."""
        self._is_closed = True
        self._writer.close()
        self._reader.close()


class _Link:
    """One connection, opened at its first use and again after it was lost."""

    def __init__(self, settings: CoreSettings, name: str, options: Sequence[str] = ()) -> None:
        self._settings = settings
        self._name = name
        self._options = options
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._listening: set[int] = set()

    @contextmanager
    def use(self) -> Iterator[Connection]:
        """Hold the connection, alone.

        Raises:
            Unavailable: the database does not answer, or went away meanwhile.
            DatabaseRefused: it answers with an error, such as that it has no event log.
        """
        with self._lock, own_errors("the event log's database"):
            try:
                yield self._open()
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
                raise

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = connect(self._settings, autocommit=True, name=self._name)
            self._listening.clear()
            for option in self._options:
                self._connection.execute("SELECT set_config(%s, 'off', false)", (option,))
        return self._connection

    def listen(self, topic_ids: set[int]) -> bool:
        """Listen to topics on the connection in use; return whether any of them is new."""
        assert self._connection is not None
        new = topic_ids - self._listening
        for topic_id in new:
            channel = sql.Identifier(f"event_log_{topic_id}")
            self._connection.execute(sql.SQL("LISTEN {}").format(channel))
        self._listening |= new
        return bool(new)

    def close(self) -> None:
        """Close the connection; the next use opens another one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _heads(connection: Connection, positions: Positions) -> dict[tuple[str, int], _Head]:
    names = sorted({name for name, _ in positions})
    rows = connection.execute(HEADS, (names,)).fetchall()
    heads = {(name, partition): _Head(*head) for name, partition, *head in rows}
    if missing := positions.keys() - heads.keys():
        name, partition = min(missing)
        raise UnknownTopic(f"no topic {name} with partition {partition} in the event log: create it first")
    return heads


def _collect(
    connection: Connection, positions: Positions, heads: dict[tuple[str, int], _Head], records_max: int
) -> list[Record]:
    fresh = [(key, offset) for key, offset in positions.items() if heads[key].next_offset > offset]
    if not fresh:
        return []
    share = max(1, records_max // len(fresh))
    places: list[tuple[tuple[str, int], int, int]] = []
    for key, offset in fresh:
        head = heads[key]
        slot, first = head.slot, max(offset, head.slot_first_offset)
        if offset < head.slot_first_offset:
            slot, first = _slot_of(connection, head.topic_id, key[1], offset)
        places.append((key, slot, first))
    try:
        with connection.pipeline():  # all partitions in one round trip
            answers = [
                connection.execute(
                    _records_statement(heads[key].topic_id, slot), (key[1], first, share), binary=True
                )
                for key, slot, first in places
            ]
    except psycopg.errors.UndefinedTable:
        return []  # a topic was deleted a moment ago; the next look at the heads says so
    records: list[Record] = []
    for (key, _, first), answer in zip(places, answers, strict=True):
        rows = answer.fetchall()
        # A slot may be emptied, even filled anew, between the two statements: then look again.
        if rows and rows[0][0] == first:
            records += [Record(*key, at, payload) for at, payload in rows]
    return records


@cache
def _records_statement(topic_id: int, slot: int) -> sql.Composed:
    return sql.SQL(RECORDS).format(sql.Identifier(f"event_log_{topic_id}_{slot}"))


def _slot_of(connection: Connection, topic_id: int, partition: int, offset: int) -> tuple[int, int]:
    """Return the slot that holds an offset, or the first retained one after it, and that offset."""
    segments: list[tuple[int, int]] = [
        (slot, first) for slot, first in connection.execute(SEGMENTS, (topic_id, partition)).fetchall()
    ]
    offset = max(offset, segments[0][1]) if segments else offset
    holding = [slot for slot, first in segments if first <= offset]
    return (holding[-1] if holding else 0), offset


def _retain(connection: Connection, topic_id: int) -> None:
    def step(function: str) -> bool:
        statement = sql.SQL("SELECT {}(%s)").format(sql.Identifier(function))
        row = connection.execute(statement, (topic_id,)).fetchone()
        return row == (True,)

    while step("event_log_expire"):
        pass
    if step("event_log_turn"):
        while step("event_log_expire"):
            pass
