"""Reads bar history from the `bars` table that the streaming flows fill."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from market.clock import NS_PER_S
from market.events import Bar
from market.timeframes import timeframe_ns
from runtime.errors import Unavailable
from runtime.postgres import Connection, connect, first_line
from runtime.settings import CoreSettings

NEWEST = """
SELECT open_time, open, high, low, close, volume, trade_count, source, ts_init FROM bars
WHERE venue = %s AND symbol = %s AND timeframe = %s AND open_time < %s
ORDER BY open_time DESC LIMIT %s
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


class BarTable:
    """Bar history; connects at the first read, from one thread at a time."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    def newest(
        self, venue: str, symbol: str, timeframe: str, limit: int, *, before_ns: int | None = None
    ) -> list[Bar]:
        """Return the newest bars, oldest first; only those that opened before `before_ns`.

        Raises:
            Unavailable: the database does not answer; the next call connects anew.
        """
        before = _FOREVER if before_ns is None else _EPOCH + timedelta(microseconds=before_ns // 1000)
        rows = self._rows((venue, symbol, timeframe, before, limit))
        length_ns = timeframe_ns(timeframe)
        return [_bar(venue, symbol, timeframe, length_ns, row) for row in reversed(rows)]

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None:
                self._connection = connect(self._settings, autocommit=True, name="tidegate-bars")
            return self._connection.execute(NEWEST, parameters).fetchall()
        except psycopg.OperationalError as error:
            self.close()
            raise Unavailable(f"bars can't be read: {first_line(error)}") from error


def _bar(venue: str, symbol: str, timeframe: str, length_ns: int, row: tuple[Any, ...]) -> Bar:
    open_time = _ns(row[0])
    return Bar(
        venue=venue,
        symbol=symbol,
        ts_event=open_time + length_ns,
        ts_init=_ns(row[8]),
        timeframe=timeframe,
        open_time=open_time,
        close_time=open_time + length_ns,
        open=row[1],
        high=row[2],
        low=row[3],
        close=row[4],
        volume=row[5],
        trade_count=row[6],
        source=row[7],
    )


def _ns(moment: datetime) -> int:
    elapsed = moment - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * NS_PER_S + elapsed.microseconds * 1000
