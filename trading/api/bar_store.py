"""Closed bars from the `bars` table, read on threads of their own so that the loop never waits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import psycopg

from market.clock import NS_PER_S
from market.events import Bar
from market.timeframes import timeframe_ns
from runtime.errors import Unavailable
from runtime.postgres import connect
from runtime.settings import CoreSettings

READERS = 2
STATEMENT_TIMEOUT_MS = 5000

T = TypeVar("T")

_STORED = """
    SELECT open_time, open, high, low, close, volume, trade_count, source, ts_init FROM bars
    WHERE venue = %(venue)s AND symbol = %(symbol)s AND timeframe = %(timeframe)s
    ORDER BY open_time DESC LIMIT %(limit)s
"""
# Larger timeframes are made from minutes; array_agg keeps the first open and the last close.
_FROM_MINUTES = """
    SELECT bucket, (array_agg(open ORDER BY open_time))[1], max(high), min(low),
           (array_agg(close ORDER BY open_time DESC))[1], sum(volume), sum(trade_count)::int, 'trades',
           max(ts_init)
    FROM (
        SELECT *, date_bin(make_interval(secs => %(seconds)s), open_time, 'epoch') AS bucket FROM bars
        WHERE venue = %(venue)s AND symbol = %(symbol)s AND timeframe = '1m'
          AND open_time >= (
              SELECT date_bin(make_interval(secs => %(seconds)s), max(open_time), 'epoch') FROM bars
              WHERE venue = %(venue)s AND symbol = %(symbol)s AND timeframe = '1m'
          ) - make_interval(secs => %(seconds)s) * %(limit)s
    ) AS minutes
    GROUP BY bucket
    HAVING max(open_time) = bucket + make_interval(secs => %(seconds)s - 60)
    ORDER BY bucket DESC LIMIT %(limit)s
"""


class BarStore:
    """Reads bars; safe to use from any thread. Each reader thread keeps one connection."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self._local = threading.local()
        self._connections: list[psycopg.Connection[Any]] = []
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="bar-store")

    def read(self, *, symbol: str, venue: str, timeframe: str, limit: int) -> list[Bar]:
        """Return the newest closed bars, oldest first.

        Raises:
            Unavailable: the database does not answer.
            BadEvent: the timeframe is malformed.
        """
        length_ns = timeframe_ns(timeframe)
        query = {"venue": venue, "symbol": symbol, "limit": limit}
        if length_ns <= 60 * NS_PER_S:
            rows = self._on_thread(lambda: self._fetch(_STORED, {**query, "timeframe": timeframe}))
        else:
            rows = self._on_thread(
                lambda: self._fetch(_FROM_MINUTES, {**query, "seconds": length_ns // NS_PER_S})
            )
        return [_bar(row, symbol, venue, timeframe, length_ns) for row in reversed(rows)]

    def close(self) -> None:
        """Let go of threads and connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for connection in self._connections:
            connection.close()

    def _on_thread(self, work: Callable[[], T]) -> T:
        return self._pool.submit(work).result()

    def _fetch(self, statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        try:
            return self._connection().execute(statement, parameters).fetchall()
        except psycopg.OperationalError as error:
            raise Unavailable("the database does not answer; bars are back when it is") from error

    def _connection(self) -> psycopg.Connection[Any]:
        known: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if known is None or known.closed:
            known = connect(self._settings, autocommit=True, name="tidegate-bars")
            known.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
            self._local.connection = known
            self._connections = [*(one for one in self._connections if not one.closed), known]
        return known


def _bar(row: tuple[Any, ...], symbol: str, venue: str, timeframe: str, length_ns: int) -> Bar:
    opened, *prices, trade_count, source, ts_init = row
    open_time = _ns(opened)
    first, high, low, close, volume = (Decimal(value) for value in prices)
    return Bar(
        venue=venue,
        symbol=symbol,
        ts_event=open_time + length_ns,
        ts_init=_ns(ts_init),
        timeframe=timeframe,
        open_time=open_time,
        close_time=open_time + length_ns,
        open=first,
        high=high,
        low=low,
        close=close,
        volume=volume,
        trade_count=trade_count or 0,
        source="venue" if source == "venue" else "trades",
    )


def _ns(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * NS_PER_S
