"""Averages of a column, and bands around them."""

import math
from typing import Any

import numpy as np
import pandas as pd

from trading.strategy_framework.qtpylib import hma
from trading.strategy_framework.technical.functions import ta

_AVERAGES = {"sma": ta.SMA, "ema": ta.EMA, "dema": ta.DEMA, "tema": ta.TEMA}


def sma(dataframe: pd.DataFrame, period: int, field: str = "close") -> Any:
    """Return the moving average."""
    return ta.SMA(dataframe, timeperiod=period, price=field)


def ema(dataframe: pd.DataFrame, period: int, field: str = "close") -> Any:
    """Return the exponential average."""
    return ta.EMA(dataframe, timeperiod=period, price=field)


def dema(dataframe: pd.DataFrame, period: int, field: str = "close") -> Any:
    """Return the double exponential average."""
    return ta.DEMA(dataframe, timeperiod=period, price=field)


def zema(dataframe: pd.DataFrame, period: int, field: str = "close") -> Any:
    """Return the double exponential average, under an old name."""
    return dema(dataframe, period, field)


def tema(dataframe: pd.DataFrame, period: int, field: str = "close") -> Any:
    """Return the triple exponential average."""
    return ta.TEMA(dataframe, timeperiod=period, price=field)


def rma(dataframe: pd.DataFrame, period: int, field: str = "close") -> pd.Series:
    """Return Wilder's average, begun with the mean of the first `period` values."""
    series = dataframe[field].astype("float64")
    if len(series) < period:
        return pd.Series(np.nan, index=series.index, name=field)
    begun = series.copy()
    begun.iloc[: period - 1] = np.nan
    begun.iloc[period - 1] = series.iloc[:period].mean()
    return begun.ewm(alpha=1.0 / period, adjust=False).mean()


def hull_moving_average(dataframe: pd.DataFrame, period: int, field: str = "close") -> pd.Series:
    """Return Hull's average."""
    return hma(dataframe[field], period)


def vwma(df: pd.DataFrame, window: int, price: str = "close") -> pd.Series:
    """Return the average weighted by volume."""
    spent: pd.Series = (df[price] * df["volume"]).rolling(window).sum()
    return spent / df["volume"].rolling(window).sum()


def bollinger_bands(  # the original's signature
    dataframe: pd.DataFrame,
    period: int = 21,
    stdv: float = 2,
    field: str = "close",
    colum_prefix: str = "bb",
    ma_type: str = "sma",
) -> pd.DataFrame:
    """Return a copy with `{prefix}_lower`, `_middle` and `_upper`; `ma_type` names the average."""
    average = _AVERAGES.get(ma_type.lower(), ta.SMA)(dataframe[field], period)
    width = dataframe[field].rolling(period).std() * stdv
    return dataframe.assign(
        **{
            f"{colum_prefix}_lower": average - width,
            f"{colum_prefix}_middle": average,
            f"{colum_prefix}_upper": average + width,
        }
    )


def tv_wma(dataframe: pd.DataFrame | pd.Series, length: int = 9, field: str = "close") -> Any:
    """Return TradingView's weighted average; the newest value does not count."""
    data = dataframe if isinstance(dataframe, pd.Series) else dataframe[field]
    weights = {shift: (length - shift) * length for shift in range(1, length - 1)}
    norm = sum(weights.values())
    return sum(data.shift(shift) * weight for shift, weight in weights.items()) / norm if norm else 0


def tv_hma(dataframe: pd.DataFrame | pd.Series, length: int = 9, field: str = "close") -> Any:
    """Return TradingView's Hull average."""
    data = dataframe if isinstance(dataframe, pd.Series) else dataframe[field]
    ahead = 2 * tv_wma(data, math.floor(length / 2)) - tv_wma(data, length)
    return tv_wma(ahead, math.floor(math.sqrt(length)))


def tv_alma(
    dataframe: pd.DataFrame, length: int = 8, offset: float = 0, sigma: float = 0, field: str = "close"
) -> pd.Series:
    """Return the average of Arnaud Legoux, whose weights are a bell `offset` along the window."""
    places = np.arange(length)
    width = length / (sigma or 1e-10)
    weights = np.exp(-np.power(places - offset * (length - 1), 2) / (2 * np.power(width, 2)))
    weights /= weights.sum()
    averages = np.convolve(dataframe[field], weights[::-1], mode="valid")
    return pd.Series(np.pad(averages, (length - 1, 0), mode="constant", constant_values=np.nan))


def tv_trama(dataframe: pd.DataFrame, length: int = 99, field: str = "close") -> pd.Series:
    """Return LuxAlgo's average, which moves faster the more often new highs or lows are made."""
    values = dataframe[field].tolist()
    higher = np.diff(ta.MAX(dataframe["high"], length)) > 0
    lower = np.diff(ta.MIN(dataframe["low"], length)) < 0
    pace = np.zeros(len(values))
    pace[:-1] = np.nan_to_num(ta.SMA(higher.astype(float) + lower.astype(float), length) ** 2)
    averages = values[:1]
    for step, value in zip(pace.tolist(), values[1:], strict=False):
        averages.append(averages[-1] + step * (value - averages[-1]))
    return pd.Series(averages)
