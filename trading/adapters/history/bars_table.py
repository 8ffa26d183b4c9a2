"""Downloaded candles in the table `bars`, beside those that Tidegate records itself."""

import numpy as np

from runtime.postgres import Connection
from trading.backtesting.data.columns import OHLCV, RawCandles

CHUNK_ROWS = 5000
_COUNT = """
    SELECT count(*) FROM bars WHERE venue = %s AND symbol = %s AND timeframe = %s AND source = 'venue'
        AND open_time BETWEEN to_timestamp(%s) AND to_timestamp(%s)
"""
_INSERT = """
    INSERT INTO bars (venue, symbol, timeframe, open_time, open, high, low, close, volume, trade_count,
        source, ts_init)
    SELECT %s, %s, %s, to_timestamp(at_s), open::numeric, high::numeric, low::numeric, close::numeric,
        volume::numeric, 0, 'venue', now()
    FROM unnest(%s::float8[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS fetched (at_s, open, high, low, close, volume)
    ON CONFLICT (venue, symbol, timeframe, open_time) DO UPDATE SET
        open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
        volume = excluded.volume, source = excluded.source, ts_init = excluded.ts_init
    WHERE bars.source = 'trades'
"""


def store_bars(connection: Connection, venue: str, symbol: str, timeframe: str, candles: RawCandles) -> int:
    """Bring the candles into the table, where it does not hold them yet; return how many were sent.

    A venue's candles replace bars built from trades, and no other. Prices keep the digits of their
    shortest decimal form.
    """
    if not len(candles.dates_ms):
        return 0
    seconds = candles.dates_ms / 1000
    address = (venue, symbol, timeframe)
    held = connection.execute(_COUNT, (*address, float(seconds[0]), float(seconds[-1]))).fetchone()
    if held is not None and held[0] == len(seconds):
        return 0
    for first in range(0, len(seconds), CHUNK_ROWS):
        rows = slice(first, first + CHUNK_ROWS)
        columns = [[repr(value) for value in candles.values[name][rows].tolist()] for name in OHLCV]
        connection.execute(_INSERT, (*address, np.asarray(seconds[rows]).tolist(), *columns))
    return len(seconds)
