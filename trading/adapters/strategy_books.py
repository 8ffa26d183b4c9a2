"""The books of the strategies on PostgreSQL: one row a trade, one row for the rest of each book.

The host writes them from one thread. A connection that breaks is made anew by the next call.

Closed trades are kept for ever, as freqtrade keeps them: what a strategy may ask about its past (its
trades, its starting balance, a protection's drawdown) is a sum over all of them, and without one of them
it would decide otherwise. A trade of two orders takes 1.3 kB here: twenty a day are 10 MB a year.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from runtime.errors import Unavailable
from runtime.postgres import Connection, connect, first_line
from runtime.settings import CoreSettings
from trading.errors import JournalUnavailable

_KEEP_TRADE = """
INSERT INTO strategy_trades
    (strategy, trade_id, pair, is_open, opened_at, closed_at, code_hash, document)
VALUES (%(strategy)s, %(trade_id)s, %(pair)s, %(is_open)s, %(opened_at)s, %(closed_at)s, %(code_hash)s,
    %(document)s)
ON CONFLICT (strategy, trade_id) DO UPDATE SET
    is_open = excluded.is_open, opened_at = excluded.opened_at, closed_at = excluded.closed_at,
    code_hash = excluded.code_hash, document = excluded.document
"""
_DROP_TRADES = "DELETE FROM strategy_trades WHERE strategy = %s AND trade_id = ANY(%s)"
_KEEP_BOOK = """
INSERT INTO strategy_books (strategy, kept_at, document) VALUES (%s, %s, %s)
ON CONFLICT (strategy) DO UPDATE SET kept_at = excluded.kept_at, document = excluded.document
"""


class KeptTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A trade to be kept: its document, and the columns that queries read."""

    trade_id: int
    pair: str
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None
    code_hash: str
    document: Mapping[str, Any]


class PostgresBooks:
    """Reads and writes the books."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    def read(self, strategy: str) -> tuple[dict[int, dict[str, Any]], dict[str, Any]] | None:
        """Return the documents of all trades by id, and that of the rest; nothing if none was kept.

        Raises:
            JournalUnavailable: the database does not answer.
        """
        try:
            connection = self._connected()
            row = connection.execute(
                "SELECT document FROM strategy_books WHERE strategy = %s", (strategy,)
            ).fetchone()
            trades = connection.execute(
                "SELECT trade_id, document FROM strategy_trades WHERE strategy = %s ORDER BY trade_id",
                (strategy,),
            ).fetchall()
        except psycopg.OperationalError as error:
            raise self._lost(error) from error
        return None if row is None else (dict(trades), row[0])

    def keep(
        self,
        strategy: str,
        *,
        trades: Sequence[KeptTrade],
        dropped: Sequence[int],
        rest: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Store the trades that changed, forget those that came to nothing, and store the rest; all or none.

        Raises:
            JournalUnavailable: the database does not answer.
        """
        rows = [
            {**msgspec.structs.asdict(trade), "strategy": strategy, "document": Jsonb(trade.document)}
            for trade in trades
        ]
        try:
            connection = self._connected()
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_KEEP_TRADE, rows)
                if dropped:
                    cursor.execute(_DROP_TRADES, (strategy, list(dropped)))
                cursor.execute(_KEEP_BOOK, (strategy, now, Jsonb(dict(rest))))
        except psycopg.OperationalError as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = connect(self._settings, autocommit=True, name="tidegate-strategy-books")
            except Unavailable as error:
                raise JournalUnavailable(
                    f"the strategies' books can't be opened: {first_line(error)}"
                ) from error
        return self._connection

    def _lost(self, error: Exception) -> JournalUnavailable:
        self.close()
        return JournalUnavailable(f"the strategies' books can't be reached: {first_line(error)}")
