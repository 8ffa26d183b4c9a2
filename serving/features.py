"""Features of one-minute bars, the same code in training and in serving.

Row i is made from bars i - `LOOKBACK` to i and nothing else, by reductions over one row at a time:
neither the bars before that window nor those after it can change a bit of it. Everything is
relative to price and to trailing volatility, so that a model learnt on one price level holds on
another.
"""

import hashlib
import json
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from serving.series import BAR_NS, BarSeries, FloatArray, IntArray

FeatureArray: TypeAlias = npt.NDArray[np.float32]

FEATURES_VERSION = 1
"""Raise this whenever a feature's numbers change; a test with fixed figures reminds of it."""
LOOKBACK = 60
"""Bars before the newest that a feature row is made from."""
RETURN_HORIZONS = (1, 5, 15, 60)
CLIP = 8.0
VOLATILITY_MIN = 1e-6
"""Floor of the trailing volatility per minute, so that a flat market divides by something."""
MINUTES_PER_DAY = 1440

FEATURE_NAMES = (
    *(f"return_{horizon}" for horizon in RETURN_HORIZONS),
    "volatility_60",
    "volatility_15_to_60",
    "volume_z",
    "body",
    "upper_wick",
    "lower_wick",
    "range",
    "day_sin",
    "day_cos",
)


class FeatureTable(NamedTuple):
    """Features of consecutive bars; the first row belongs to bar number `LOOKBACK`.

    `values` has shape (row, feature), float32, columns as `FEATURE_NAMES`. `volatility` is the root
    mean square of the last `LOOKBACK` one-minute log returns, shape (row,). `open_time` and
    `close` are the newest bar's, shape (row,).
    """

    open_time: IntArray
    close: FloatArray
    volatility: FloatArray
    values: FeatureArray


def feature_hash() -> str:
    """Return 16 hexadecimal digits that change with the features' version, names or parameters."""
    recipe = json.dumps(
        [FEATURES_VERSION, FEATURE_NAMES, LOOKBACK, RETURN_HORIZONS, CLIP, VOLATILITY_MIN, BAR_NS]
    )
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def compute_features(series: BarSeries) -> FeatureTable:
    """Compute the feature rows of a series without holes; no rows for `LOOKBACK` bars or fewer."""
    rows = max(series.open_time.size - LOOKBACK, 0)
    if not rows:
        empty = np.empty(0)
        return FeatureTable(
            np.empty(0, dtype=np.int64), empty, empty, np.empty((0, len(FEATURE_NAMES)), dtype=np.float32)
        )
    newest = series.between(LOOKBACK, LOOKBACK + rows)
    log_close = np.log(series.close)
    returns = _rows_of(np.diff(log_close))
    volatility = _rms(returns)
    short_volatility = _rms(returns[:, -15:])
    columns = [
        *(
            (log_close[LOOKBACK:] - log_close[LOOKBACK - horizon : -horizon]) / (volatility * horizon**0.5)
            for horizon in RETURN_HORIZONS
        ),
        np.log(volatility / 1e-3),
        np.log(short_volatility / volatility),
        _volume_z(series.volume[1:]),
        *_candle_shape(newest),
        np.log(newest.high / newest.low) / volatility,
        *_time_of_day(newest.open_time),
    ]
    values = np.clip(np.stack(columns, axis=1), -CLIP, CLIP).astype(np.float32)
    return FeatureTable(newest.open_time, newest.close, volatility, values)


def _rows_of(values: FloatArray) -> FloatArray:
    """Return every run of `LOOKBACK` neighbours as a row of its own memory, shape (row, LOOKBACK).

    Rows are copied because numpy may sum a strided view in another order than a single row.
    """
    return np.ascontiguousarray(sliding_window_view(values, LOOKBACK))


def _rms(rows: FloatArray) -> FloatArray:
    mean_square: FloatArray = np.mean(np.ascontiguousarray(np.square(rows)), axis=1)
    return np.maximum(np.sqrt(mean_square), VOLATILITY_MIN)


def _volume_z(volume: FloatArray) -> FloatArray:
    rows = _rows_of(np.log1p(volume))
    spread = np.maximum(np.std(rows, axis=1), 1e-3)
    z: FloatArray = (rows[:, -1] - np.mean(rows, axis=1)) / spread
    return z


def _candle_shape(bars: BarSeries) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return body, upper and lower wick as shares of the bar's range; zeros for a flat bar."""
    span = bars.high - bars.low
    scale = np.where(span > 0, span, 1.0)
    body = (bars.close - bars.open) / scale
    upper = (bars.high - np.maximum(bars.open, bars.close)) / scale
    lower = (np.minimum(bars.open, bars.close) - bars.low) / scale
    return body, upper, lower


def _time_of_day(open_time: IntArray) -> tuple[FloatArray, FloatArray]:
    minute = (open_time // BAR_NS) % MINUTES_PER_DAY
    angle = minute * (2 * np.pi / MINUTES_PER_DAY)
    return np.sin(angle), np.cos(angle)
