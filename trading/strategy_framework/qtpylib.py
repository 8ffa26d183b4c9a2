"""The indicator functions that strategies import as `freqtrade.vendor.qtpylib.indicators`.

Written from the public behaviour of qtpylib (Apache-2.0). Series in, series or frame out.
"""

import pandas as pd

__all__ = ["bollinger_bands", "crossed", "crossed_above", "crossed_below", "typical_price"]

Line = pd.Series | float
"""A series, or a level that it is compared with."""


def crossed_above(first: pd.Series, second: Line) -> pd.Series:
    """Return where `first` is above `second` and was not one candle before."""
    other = _as_series(second, first)
    return (first > other) & (first.shift(1) <= other.shift(1))


def crossed_below(first: pd.Series, second: Line) -> pd.Series:
    """Return where `first` is below `second` and was not one candle before."""
    other = _as_series(second, first)
    return (first < other) & (first.shift(1) >= other.shift(1))


def crossed(first: pd.Series, second: Line, direction: str | None = None) -> pd.Series:
    """Return where the two cross; `direction` is `above`, `below`, or either when left out."""
    if direction == "above":
        return crossed_above(first, second)
    if direction == "below":
        return crossed_below(first, second)
    return crossed_above(first, second) | crossed_below(first, second)


def typical_price(bars: pd.DataFrame) -> pd.Series:
    """Return the mean of high, low and close."""
    return (bars["high"] + bars["low"] + bars["close"]) / 3


def bollinger_bands(series: pd.Series, window: int = 20, stds: float = 2) -> pd.DataFrame:
    """Return the columns `upper`, `mid` and `lower`: a mean and `stds` sample deviations."""
    rolling = series.rolling(window=window, min_periods=window)
    mid, width = rolling.mean(), rolling.std() * stds
    return pd.DataFrame({"upper": mid + width, "mid": mid, "lower": mid - width})


def _as_series(line: Line, like: pd.Series) -> pd.Series:
    return line if isinstance(line, pd.Series) else pd.Series(line, index=like.index)
