"""Bar series as arrays: the form in which features, training and serving see the market.

Invariant: open times rise strictly and are whole minutes. Holes are allowed in a series; the
functions here say what is done about them, once for training and serving alike.
"""

import hashlib
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from market.timeframes import timeframe_ns

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]

BAR_NS = timeframe_ns("1m")
SHORT_GAP_BARS_MAX = 3
"""So many missing minutes in a row are taken as minutes without a trade; more are a hole."""


class BarSeries(NamedTuple):
    """One-minute bars of one instrument, oldest first; every array has shape (bar,).

    `open_time` is int64 nanoseconds UTC; the rest is float64.
    """

    open_time: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray

    def between(self, start: int, stop: int) -> "BarSeries":
        """Return bars start (inclusive) to stop (exclusive), by position."""
        at = slice(start, stop)
        return BarSeries(
            self.open_time[at], self.open[at], self.high[at], self.low[at], self.close[at], self.volume[at]
        )


def fill_short_gaps(series: BarSeries) -> BarSeries:
    """Put flat bars at the previous close where at most `SHORT_GAP_BARS_MAX` minutes are missing."""
    missing = np.diff(series.open_time) // BAR_NS - 1
    missing = np.where(missing <= SHORT_GAP_BARS_MAX, missing, 0)
    if not missing.any():
        return series
    copies = np.concatenate([missing + 1, [1]])
    source = np.repeat(np.arange(series.open_time.size), copies)
    step = np.arange(source.size) - np.repeat(np.cumsum(copies) - copies, copies)
    is_filled = step > 0
    close = series.close[source]
    return BarSeries(
        series.open_time[source] + step * BAR_NS,
        np.where(is_filled, close, series.open[source]),
        np.where(is_filled, close, series.high[source]),
        np.where(is_filled, close, series.low[source]),
        close,
        np.where(is_filled, 0.0, series.volume[source]),
    )


def contiguous_runs(series: BarSeries) -> list[BarSeries]:
    """Cut a series at its holes; each part has one bar every minute."""
    if not series.open_time.size:
        return []
    cuts = np.flatnonzero(np.diff(series.open_time) != BAR_NS) + 1
    bounds = [0, *cuts.tolist(), series.open_time.size]
    return [series.between(start, stop) for start, stop in pairwise(bounds)]


def data_hash(series: BarSeries) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of all columns."""
    digest = hashlib.sha256()
    for column in series:
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:16]
