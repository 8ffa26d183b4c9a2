"""The table `bars` as the history fills it."""

from collections.abc import Sequence

import numpy as np

from market.clock import NS_PER_S
from orchestration.venue_history import VenueBar
from runtime.postgres import Connection
from serving.series import BAR_NS

_INSERT = """
    insert into bars (venue, symbol, timeframe, open_time, open, high, low, close, volume, trade_count,
        source, ts_init)
    values (%s, %s, '1m', to_timestamp(%s), %s, %s, %s, %s, %s, 0, 'venue', to_timestamp(%s))
    on conflict (venue, symbol, timeframe, open_time) do update set
        open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
        volume = excluded.volume, source = excluded.source, ts_init = excluded.ts_init
    where bars.source = 'trades'
"""


def missing_ranges(
    connection: Connection, venue: str, symbol: str, start: int, end: int
) -> list[tuple[int, int]]:
    """Return the stretches of [start, end) without a bar, as open times, end exclusive, oldest first."""
    rows = connection.execute(
        "select (extract(epoch from open_time))::bigint from bars where venue = %s and symbol = %s "
        "and timeframe = '1m' and open_time >= to_timestamp(%s) and open_time < to_timestamp(%s) "
        "order by open_time",
        (venue, symbol, start // NS_PER_S, end // NS_PER_S),
    ).fetchall()
    present = np.array([row[0] for row in rows], dtype=np.int64) * NS_PER_S
    edges = np.concatenate([[start - BAR_NS], present, [end]])
    holes = np.flatnonzero(np.diff(edges) > BAR_NS)
    return [(int(edges[at]) + BAR_NS, int(edges[at + 1])) for at in holes]


def insert_bars(
    connection: Connection, venue: str, symbol: str, bars: Sequence[VenueBar], *, ts_init: int
) -> None:
    """Insert a page of venue bars; they replace bars built from trades, and no other.

    ccxt does not pass the count of trades on, so `trade_count` is 0.
    """
    seen_s = ts_init / NS_PER_S
    with connection.cursor() as cursor:
        cursor.executemany(
            _INSERT, [(venue, symbol, bar.open_time // NS_PER_S, *bar[1:], seen_s) for bar in bars]
        )
