"""Room for single trades and quotes: a partition per ten minutes, made ahead and dropped when old.

On TimescaleDB the tables are hypertables, which make their own chunks; only the dropping is ours.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

import psycopg
import structlog
from psycopg import sql

from market.clock import NS_PER_S, Clock
from market.events import Quote, Trade
from runtime.postgres import Connection, connect, own_errors
from runtime.settings import CoreSettings
from streaming.flows.metrics import ROWS_EXPIRED

TABLES = ("trades", "quotes")
SLOT_S = 600
SLOT_NS = SLOT_S * NS_PER_S
MAINTENANCE_NS = 60 * NS_PER_S
LOCK_TIMEOUT_MS = 2000

Tick = TypeVar("Tick", Trade, Quote)

log = structlog.get_logger()


class TickPartitions:
    """Make partitions before rows need them, and drop those that are past their retention."""

    def __init__(self, settings: CoreSettings, clock: Clock) -> None:
        """Take the retention and the connection's address from the settings."""
        self._settings = settings
        self._clock = clock
        self._retention_ns = settings.tick_retention_s * NS_PER_S
        self._known: set[tuple[str, int]] = set()
        self._maintained_ns = 0
        self._has_hypertables: bool | None = None

    def unexpired(self, table: str, ticks: Sequence[Tick]) -> list[Tick]:
        """Leave out ticks that retention would drop at once; they are counted."""
        oldest = self._oldest_ns()
        kept = [tick for tick in ticks if tick.ts_event >= oldest]
        ROWS_EXPIRED.labels(table).inc(len(ticks) - len(kept))
        return kept

    def make_room(self, connection: Connection, trades: Sequence[Trade], quotes: Sequence[Quote]) -> None:
        """Make the partitions that these rows need, and the next one, in the caller's transaction."""
        if self._is_hypertable(connection):
            return
        oldest, ahead = self._oldest_ns(), self._clock.now_ns() + SLOT_NS
        for table, ticks in (("trades", trades), ("quotes", quotes)):
            slots = {tick.ts_event // SLOT_NS for tick in ticks if tick.ts_event >= oldest}
            for slot in sorted(slots | {ahead // SLOT_NS}):
                if (table, slot) not in self._known:
                    _create(connection, table, slot)
                    self._known.add((table, slot))

    def maintain(self) -> None:
        """Once a minute, drop what is past its retention; a lock that is held postpones it.

        Raises:
            Unavailable: the database went away.
        """
        now_ns = self._clock.now_ns()
        if now_ns - self._maintained_ns < MAINTENANCE_NS:
            return
        self._maintained_ns = now_ns
        with connect(self._settings, autocommit=True, name="tick-retention") as connection, own_errors():
            connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{LOCK_TIMEOUT_MS}ms",))
            try:
                self._drop_old(connection)
                connection.execute(
                    "DELETE FROM quarantine WHERE ts_init < now() - interval '1 day' "
                    "OR id <= (SELECT max(id) - 100000 FROM quarantine)"
                )
            except psycopg.errors.LockNotAvailable:
                log.info("tick_retention_postponed")

    def _drop_old(self, connection: Connection) -> None:
        oldest_ns = self._oldest_ns()
        for table in TABLES:
            if self._is_hypertable(connection):
                connection.execute(
                    "SELECT drop_chunks(%s::regclass, %s::timestamptz)", (table, _time(oldest_ns))
                )
                continue
            for name, slot in _partitions(connection, table):
                if (slot + 1) * SLOT_NS <= oldest_ns:
                    connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
                    self._known.discard((table, slot))

    def _oldest_ns(self) -> int:
        """Return the start of the oldest slot that is still kept."""
        cutoff = self._clock.now_ns() - self._retention_ns
        return cutoff - cutoff % SLOT_NS

    def _is_hypertable(self, connection: Connection) -> bool:
        if self._has_hypertables is None:
            row = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
            self._has_hypertables = row is not None
        return self._has_hypertables


def _create(connection: Connection, table: str, slot: int) -> None:
    begin, end = _time(slot * SLOT_NS), _time((slot + 1) * SLOT_NS)
    connection.execute(
        sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})").format(
            sql.Identifier(f"{table}_{slot}"), sql.Identifier(table), sql.Literal(begin), sql.Literal(end)
        )
    )


def _partitions(connection: Connection, table: str) -> list[tuple[str, int]]:
    rows = connection.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = %s::regclass",
        (table,),
    ).fetchall()
    return [(str(name), int(str(name).rpartition("_")[2])) for (name,) in rows]


def _time(ts_ns: int) -> str:
    return datetime.fromtimestamp(ts_ns // NS_PER_S, UTC).isoformat()
