"""The journal on PostgreSQL: one writer, held by an advisory lock, and any number of readers.

A connection that breaks is not mended: the writer can't know whether its last entries were stored,
so it raises `JournalUnavailable`, and the process exits and recovers from the journal.
"""

import time
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Self

import psycopg

from runtime.advisory_locks import AdvisoryLock
from runtime.errors import Unavailable
from runtime.postgres import Connection, connect, first_line
from runtime.settings import CoreSettings
from trading.errors import JournalConflict, JournalTaken, JournalUnavailable
from trading.ports import JournalEntry

TAKEOVER_S = 10.0
"""How long to wait for a dead predecessor's lock: the server notices its end within moments."""

BATCH_ENTRIES = 1000

STATEMENT_TIMEOUT_MS = 5000
"""A write that takes longer counts as lost: the engine waits for it with its lock held."""

APPEND = """
INSERT INTO journal (seq, ts, kind, client_order_id, payload)
SELECT seq, timestamptz 'epoch' + (ts / 1000) * interval '1 microsecond', kind, client_order_id,
    payload::jsonb
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])
    AS entry (seq, ts, kind, client_order_id, payload)
"""
REPLAY = """
SELECT seq, (payload ->> 'ts')::bigint, kind, client_order_id, payload::text
FROM journal WHERE seq > %s ORDER BY seq LIMIT %s
"""


class JournalReader:
    """Reads the journal; safe to use beside its writer, from one thread at a time."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    def replay(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """Yield the entries after `after_seq`, in order.

        Raises:
            JournalUnavailable: the database does not answer; the next call connects anew.
        """
        while True:
            rows = self._read(after_seq)
            for seq, ts, kind, client_order_id, payload in rows:
                yield JournalEntry(
                    seq=seq, ts=ts, kind=kind, client_order_id=client_order_id, payload=payload.encode()
                )
            if len(rows) < BATCH_ENTRIES:
                return
            after_seq = rows[-1][0]

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _read(self, after_seq: int) -> list[tuple[int, int, str, str | None, str]]:
        try:
            if self._connection is None:
                self._connection = connect(self._settings, autocommit=True, name="tidegate-journal-reader")
            return self._connection.execute(REPLAY, (after_seq, BATCH_ENTRIES)).fetchall()
        except (psycopg.OperationalError, Unavailable) as error:
            self.close()
            raise JournalUnavailable(f"the journal can't be read: {first_line(error)}") from error


class PostgresJournal:
    """The one writer of the journal, and a reader of it."""

    def __init__(self, settings: CoreSettings, *, takeover_s: float = TAKEOVER_S) -> None:
        """Connect and take the writer's lock.

        Raises:
            JournalTaken: another process holds it for longer than `takeover_s`.
            JournalUnavailable: the database does not answer.
        """
        self._reader = JournalReader(settings)
        self._lock = Lock()
        try:
            self._connection = connect(settings, autocommit=True, name="tidegate-journal-writer")
        except Unavailable as error:
            raise JournalUnavailable(f"the journal can't be opened: {first_line(error)}") from error
        self._take(takeover_s)
        self._connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}".encode())

    def append(self, entries: Sequence[JournalEntry]) -> None:
        """Store all entries or none; durable when it returns.

        Raises:
            JournalUnavailable: the database does not answer; it is unknown whether it has them.
            JournalConflict: an entry with one of these numbers, or one of these fills, is there.
        """
        columns = (
            [entry.seq for entry in entries],
            [entry.ts for entry in entries],
            [entry.kind for entry in entries],
            [entry.client_order_id for entry in entries],
            [entry.payload.decode() for entry in entries],
        )
        with self._lock:
            try:
                self._connection.execute(APPEND, columns)
            except psycopg.errors.UniqueViolation as error:
                raise JournalConflict(f"the journal was written by others: {first_line(error)}") from error
            except psycopg.OperationalError as error:
                raise JournalUnavailable(f"the journal can't be written: {first_line(error)}") from error

    def check(self) -> None:
        """Ask the server for a sign of life on the writer's connection.

        Raises:
            JournalUnavailable: the connection is gone, and with it the writer's lock.
        """
        with self._lock:
            try:
                self._connection.execute("SELECT 1")
            except psycopg.OperationalError as error:
                raise JournalUnavailable(f"the journal is gone: {first_line(error)}") from error

    def replay(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """Yield the entries after `after_seq`, in order."""
        return self._reader.replay(after_seq)

    def close(self) -> None:
        """Let go of the lock and the connections."""
        self._reader.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, takeover_s: float) -> None:
        deadline = time.monotonic() + takeover_s
        while not self._try_lock():
            if time.monotonic() > deadline:
                self._connection.close()
                raise JournalTaken(
                    "another trading process writes to this journal: stop it, "
                    "or give this one a database or TIDEGATE_DATA_DIR of its own"
                )
            time.sleep(0.1)

    def _try_lock(self) -> bool:
        row = self._connection.execute(
            "SELECT pg_try_advisory_lock(%s)", (AdvisoryLock.WRITE_JOURNAL,)
        ).fetchone()
        return row is not None and bool(row[0])
