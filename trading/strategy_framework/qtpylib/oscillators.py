"""Oscillators of qtpylib."""

import numpy as np
import pandas as pd

from trading.strategy_framework.qtpylib.averages import (
    numpy_rolling_mean,
    rolling_mean,
    rolling_weighted_mean,
    sma,
)
from trading.strategy_framework.qtpylib.bands import bollinger_bands
from trading.strategy_framework.qtpylib.prices import mid_price, true_range, typical_price


def rsi(series: pd.Series, window: int = 14) -> pd.Series:
    """Return the relative strength index; the first `window` values share one."""
    changes = np.diff(series)
    seed = changes[: window + 1]
    ups = seed[seed > 0].sum() / window
    downs = -seed[seed < 0].sum() / window
    result = np.zeros(len(series))
    with np.errstate(divide="ignore", invalid="ignore"):
        result[:window] = 100.0 - 100.0 / (1.0 + ups / downs)
        for index in range(window, len(series)):
            change = changes[index - 1]
            rise, fall = (change, 0.0) if change > 0 else (0.0, -change)
            ups = (ups * (window - 1) + rise) / window
            downs = (downs * (window - 1.0) + fall) / window
            result[index] = 100.0 - 100.0 / (1.0 + ups / downs)
    return pd.Series(result, index=series.index)


def tdi(  # qtpylib's signature
    series: pd.Series,
    rsi_lookback: int = 13,
    rsi_smooth_len: int = 2,
    rsi_signal_len: int = 7,
    bb_lookback: int = 34,
    bb_std: float = 1.6185,
) -> pd.DataFrame:
    """Return the traders' dynamic index: an RSI, two averages of it, and bands around it."""
    strength = rsi(series, rsi_lookback)
    bands = bollinger_bands(strength, bb_lookback, bb_std)
    return pd.DataFrame(
        {
            "rsi": strength,
            "rsi_signal": sma(strength, rsi_signal_len),
            "rsi_smooth": sma(strength, rsi_smooth_len),
            "rsi_bb_upper": bands["upper"],
            "rsi_bb_lower": bands["lower"],
            "rsi_bb_mid": bands["mid"],
        },
        index=series.index,
    )


def awesome_oscillator(
    df: pd.DataFrame,
    weighted: bool = False,  # noqa: FBT001, FBT002  # qtpylib's signature
    fast: int = 5,
    slow: int = 34,
) -> pd.Series:
    """Return the difference of a fast and a slow average of the middle price."""
    middle = mid_price(df)
    if weighted:
        return middle.ewm(fast).mean() - middle.ewm(slow).mean()
    return pd.Series(numpy_rolling_mean(middle, fast) - numpy_rolling_mean(middle, slow), index=df.index)


def macd(series: pd.Series, fast: int = 3, slow: int = 10, smooth: int = 16) -> pd.DataFrame:
    """Return `macd`, `signal` and `histogram` of exponential averages."""
    line = rolling_weighted_mean(series, fast) - rolling_weighted_mean(series, slow)
    signal = rolling_weighted_mean(line, smooth)
    return pd.DataFrame({"macd": line, "signal": signal, "histogram": line - signal})


def roc(series: pd.Series, window: int = 14) -> pd.Series:
    """Return the change over a window as a fraction."""
    before = series.shift(window)
    return (series - before) / before


def cci(series: pd.DataFrame, window: int = 14) -> pd.Series:
    """Return the commodity channel index of candles, with the deviation of the whole frame."""
    price = typical_price(series)
    average = rolling_mean(price, window)
    return pd.Series((price - average) / (0.015 * average.std(ddof=0)), index=series.index)


def stoch(
    df: pd.DataFrame,
    window: int = 14,
    d: int = 3,
    k: int = 3,
    fast: bool = False,  # noqa: FBT001, FBT002  # qtpylib's signature
) -> pd.DataFrame:
    """Return the stochastic `fast_k` and `fast_d`, or `slow_k` and `slow_d`."""
    highest, lowest = df["high"].rolling(window).max(), df["low"].rolling(window).min()
    fast_k = 100 * (df["close"] - lowest) / (highest - lowest)
    if fast:
        return pd.DataFrame({"fast_k": fast_k, "fast_d": fast_k.rolling(d).mean()})
    slow_k = fast_k.rolling(k).mean()
    return pd.DataFrame({"slow_k": slow_k, "slow_d": slow_k.rolling(d).mean()})


def chopiness(bars: pd.DataFrame, window: int = 14) -> pd.Series:
    """Return how much of the way went sideways, from 0 (straight) to 100."""
    way = true_range(bars).rolling(window).sum()
    span = bars["high"].rolling(window).max() - bars["low"].rolling(window).min()
    index: pd.Series = 100 * np.log10(way / span) / np.log10(window)
    return index
