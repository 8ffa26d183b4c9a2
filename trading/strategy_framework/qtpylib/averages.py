"""Moving averages and other moving figures. `min_periods` is the window where it is left out."""

import math
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = Any
"""A series, or an array of its values."""


def numpy_rolling_mean(data: Values, window: int, as_source: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Return the mean of each whole window, NaN before the first; a series only with `as_source`."""
    return _windowed(data, window, as_source=as_source, figure=lambda windows: windows.mean(axis=-1))


def numpy_rolling_std(data: Values, window: int, as_source: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Return the sample deviation of each whole window, as `numpy_rolling_mean` does the mean."""
    return _windowed(data, window, as_source=as_source, figure=lambda windows: windows.std(axis=-1, ddof=1))


def rolling_mean(series: Values, window: int = 200, min_periods: int | None = None) -> Any:
    """Return the moving average; from the first value on when `min_periods` is 1."""
    if _is_whole(series, window, min_periods):
        return numpy_rolling_mean(series, window, as_source=True)
    return _rolling(series, window, min_periods).mean()


def rolling_std(series: Values, window: int = 200, min_periods: int | None = None) -> Any:
    """Return the moving sample deviation."""
    if _is_whole(series, window, min_periods):
        return numpy_rolling_std(series, window, as_source=True)
    return _rolling(series, window, min_periods).std()


def rolling_min(series: Values, window: int = 14, min_periods: int | None = None) -> pd.Series:
    """Return the lowest value of the window."""
    lowest: pd.Series = _rolling(series, window, min_periods).min()
    return lowest


def rolling_max(series: Values, window: int = 14, min_periods: int | None = None) -> pd.Series:
    """Return the highest value of the window."""
    highest: pd.Series = _rolling(series, window, min_periods).max()
    return highest


def rolling_weighted_mean(
    series: pd.Series, window: float = 200, min_periods: int | None = None
) -> pd.Series:
    """Return the exponential average of a span."""
    periods: Any = window if min_periods is None else min_periods
    averaged: pd.Series = series.ewm(span=window, min_periods=periods).mean()
    return averaged


def hull_moving_average(series: pd.Series, window: int = 200, min_periods: int | None = None) -> pd.Series:
    """Return Hull's average, made of exponential ones."""
    periods = window if min_periods is None else min_periods
    half = rolling_weighted_mean(series, window / 2, periods)
    whole = rolling_weighted_mean(series, window, periods)
    return rolling_weighted_mean(2 * half - whole, math.sqrt(window), periods)


def sma(series: Values, window: int = 200, min_periods: int | None = None) -> Any:
    """Return the moving average."""
    return rolling_mean(series, window, min_periods)


def wma(series: pd.Series, window: int = 200, min_periods: int | None = None) -> pd.Series:
    """Return the exponential average, which qtpylib calls weighted."""
    return rolling_weighted_mean(series, window, min_periods)


def hma(series: pd.Series, window: int = 200, min_periods: int | None = None) -> pd.Series:
    """Return Hull's average."""
    return hull_moving_average(series, window, min_periods)


def zlma(series: pd.Series, window: int = 20, min_periods: int | None = None, kind: str = "ema") -> Any:
    """Return Ehlers' zero-lag average; `kind` is `ema`, `hma` or `sma`."""
    periods = window if min_periods is None else min_periods
    lag = (window - 1) // 2
    ahead = 2 * series - series.shift(lag)
    if kind in {"ema", "ewm"}:
        return wma(ahead, lag, periods)
    return hma(ahead, lag, periods) if kind == "hma" else sma(ahead, lag, periods)


def zlema(series: pd.Series, window: int, min_periods: int | None = None) -> Any:
    """Return the zero-lag exponential average."""
    return zlma(series, window, min_periods, kind="ema")


def zlsma(series: pd.Series, window: int, min_periods: int | None = None) -> Any:
    """Return the zero-lag plain average."""
    return zlma(series, window, min_periods, kind="sma")


def zlhma(series: pd.Series, window: int, min_periods: int | None = None) -> Any:
    """Return the zero-lag Hull average."""
    return zlma(series, window, min_periods, kind="hma")


def vwap(bars: pd.DataFrame) -> NoReturn:  # noqa: ARG001
    """Refuse: over a whole frame it would look into the future.

    Raises:
        ValueError: always.
    """
    raise ValueError("qtpylib.vwap looks into the future; use qtpylib.rolling_vwap, which has a window")


def rolling_vwap(bars: pd.DataFrame, window: int = 200, min_periods: int | None = None) -> pd.Series:
    """Return the average of the typical price weighted by volume, over a window."""
    typical = (bars["high"] + bars["low"] + bars["close"]) / 3
    spent = _rolling(bars["volume"] * typical, window, min_periods).sum()
    traded = _rolling(bars["volume"], window, min_periods).sum()
    average: pd.Series = (spent / traded).replace([np.inf, -np.inf], float("nan")).ffill()
    return average


def _is_whole(series: Values, window: int, min_periods: int | None) -> bool:
    return (min_periods is None or min_periods == window) and len(series) > window


def _rolling(series: Values, window: int, min_periods: int | None) -> Any:
    periods = window if min_periods is None else min_periods
    held = series if isinstance(series, pd.Series | pd.DataFrame) else pd.Series(series)
    return held.rolling(window=window, min_periods=periods)


def _windowed(data: Values, window: int, *, as_source: bool, figure: Any) -> Any:
    values = data.to_numpy() if isinstance(data, pd.Series) else data
    result: npt.NDArray[np.float64] = np.full(len(values), np.nan)
    figures = figure(np.lib.stride_tricks.sliding_window_view(values, window, axis=-1))
    result[-len(figures) :] = figures
    if as_source and isinstance(data, pd.Series):
        return pd.Series(result, index=data.index)
    return result
