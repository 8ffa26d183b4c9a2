"""Bands around an average, and the distance from it."""

from typing import Any

import pandas as pd

from trading.strategy_framework.qtpylib.averages import (
    numpy_rolling_mean,
    numpy_rolling_std,
    rolling_mean,
    rolling_std,
    rolling_weighted_mean,
)
from trading.strategy_framework.qtpylib.prices import atr, typical_price


def bollinger_bands(series: pd.Series, window: int = 20, stds: float = 2) -> pd.DataFrame:
    """Return `upper`, `mid` and `lower`: a mean and `stds` sample deviations, from the first value on."""
    mid = rolling_mean(series, window, min_periods=1)
    return _bands(mid, rolling_std(series, window, min_periods=1) * stds)


def weighted_bollinger_bands(series: pd.Series, window: int = 20, stds: float = 2) -> pd.DataFrame:
    """Return `upper`, `mid` and `lower` around an exponential average."""
    return _bands(rolling_weighted_mean(series, window), rolling_std(series, window) * stds)


def keltner_channel(bars: pd.DataFrame, window: int = 14, atrs: float = 2) -> pd.DataFrame:
    """Return `upper`, `mid` and `lower`: the mean typical price and `atrs` average true ranges."""
    return _bands(rolling_mean(typical_price(bars), window), atr(bars, window) * atrs)


def zscore(bars: pd.DataFrame, window: int = 20, stds: float = 1, col: str = "close") -> Any:
    """Return the distance of a column from its average, in deviations."""
    deviation = numpy_rolling_std(bars[col], window)
    return (bars[col] - numpy_rolling_mean(bars[col], window)) / (deviation * stds)


def _bands(mid: pd.Series, width: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"upper": mid + width, "mid": mid, "lower": mid - width})
