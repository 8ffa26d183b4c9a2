"""Read one-minute bars from the table `bars` into series."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import psycopg

from market.clock import NS_PER_S
from serving.series import BarSeries

_COLUMNS = """
    (extract(epoch from open_time) * 1000000000)::bigint,
    open::float8, high::float8, low::float8, close::float8, volume::float8, close::text
"""


class NewestBars(NamedTuple):
    """The newest bars of an instrument; `last_price` is the last close as the venue wrote it."""

    venue: str
    series: BarSeries
    last_price: str


def read_newest(
    connection: psycopg.Connection[Any], symbol: str, venues: Sequence[str], bars_needed: int, bars_max: int
) -> NewestBars | None:
    """Return the newest `bars_max` bars of the first venue that has `bars_needed`, or of the fullest.

    Returns nothing when no venue has any.
    """
    best: NewestBars | None = None
    for venue in venues:
        rows = connection.execute(
            f"select {_COLUMNS} from bars where venue = %s and symbol = %s and timeframe = '1m' "  # noqa: S608 - a constant
            "order by open_time desc limit %s",
            (venue, symbol, bars_max),
        ).fetchall()
        if rows and (best is None or len(rows) > best.series.open_time.size):
            best = NewestBars(venue, _series_of(rows[::-1]), rows[0][6])
        if len(rows) >= bars_needed:
            break
    return best


def newest_open_time(connection: psycopg.Connection[Any], symbol: str, venues: Sequence[str]) -> int | None:
    """Return the open time of the newest bar of a symbol on any of the venues, nanoseconds UTC."""
    row = connection.execute(
        "select (extract(epoch from max(open_time)) * 1000000000)::bigint from bars "
        "where symbol = %s and venue = any(%s) and timeframe = '1m'",
        (symbol, list(venues)),
    ).fetchone()
    return row[0] if row else None


def read_span(
    connection: psycopg.Connection[Any], symbol: str, venue: str, start_ns: int, end_ns: int
) -> BarSeries:
    """Return all bars that open in [start_ns, end_ns), oldest first."""
    rows = connection.execute(
        f"select {_COLUMNS} from bars where venue = %s and symbol = %s and timeframe = '1m' "  # noqa: S608 - a constant
        "and open_time >= to_timestamp(%s) and open_time < to_timestamp(%s) order by open_time",
        (venue, symbol, start_ns / NS_PER_S, end_ns / NS_PER_S),
    ).fetchall()
    return _series_of(rows)


def _series_of(rows: list[tuple[Any, ...]]) -> BarSeries:
    open_time = np.array([row[0] for row in rows], dtype=np.int64)
    values = np.array([row[1:6] for row in rows], dtype=np.float64).reshape(len(rows), 5)
    return BarSeries(open_time, *np.ascontiguousarray(values.T))
