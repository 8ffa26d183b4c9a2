"""Bars for the tests of this room: random walks with a seed, as arrays and as table rows."""

import numpy as np

from runtime.postgres import Connection
from serving.series import BAR_NS, BarSeries

START = 1_790_000_040 * 1_000_000_000 // BAR_NS * BAR_NS


def random_walk(bars: int, *, seed: int = 1, start: int = START) -> BarSeries:
    """Return a random walk in which nothing can be predicted."""
    return walk_of(np.random.default_rng(seed).normal(0, 5e-4, bars), seed=seed, start=start)


def trending_walk(bars: int, *, seed: int = 1) -> BarSeries:
    """Return a walk whose drift keeps its sign for an hour: its last quarter hour tells the next."""
    random = np.random.default_rng(seed)
    sign = np.repeat(random.choice([-1.0, 1.0], bars // 60 + 1), 60)[:bars]
    return walk_of(sign * 4e-4 + random.normal(0, 2e-4, bars), seed=seed)


def walk_of(returns: np.ndarray, *, seed: int = 1, start: int = START) -> BarSeries:
    """Return bars whose closes follow the log returns."""
    random = np.random.default_rng(seed + 1)
    close = 100 * np.exp(np.cumsum(returns))
    opened = np.concatenate([[100.0], close[:-1]])
    wick = 1 + np.abs(random.normal(0, 1e-4, close.size))
    return BarSeries(
        np.arange(close.size, dtype=np.int64) * BAR_NS + start,
        opened,
        np.maximum(opened, close) * wick,
        np.minimum(opened, close) / wick,
        close,
        random.exponential(5.0, close.size),
    )


def without(series: BarSeries, start: int, stop: int) -> BarSeries:
    """Cut the bars from start (inclusive) to stop (exclusive) out of a series."""
    keep = np.r_[0:start, stop : series.open_time.size]
    return BarSeries(*(column[keep] for column in series))


def insert(
    connection: Connection, series: BarSeries, *, symbol: str = "BTC/USDT", venue: str = "binance"
) -> None:
    """Write a series into the table of bars."""
    rows = [
        (venue, symbol, row[0] // 1_000_000_000, *(f"{value:.6f}" for value in row[1:]))
        for row in zip(*(column.tolist() for column in series), strict=True)
    ]
    query = (
        "insert into bars values (%s, %s, '1m', to_timestamp(%s), %s, %s, %s, %s, %s, 1, 'trades', now()) "
        "on conflict do nothing"
    )
    with connection.cursor() as cursor:
        cursor.executemany(query, rows)
