"""Oscillators that measure how fast a price moves."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from trading.strategy_framework.qtpylib import rolling_mean
from trading.strategy_framework.technical.functions import ta


def williams_percent(dataframe: pd.DataFrame, period: int = 14) -> pd.Series:
    """Return Williams' %R, from -100 to 0."""
    highest: pd.Series = dataframe["high"].rolling(period).max()
    lowest = dataframe["low"].rolling(period).min()
    return (highest - dataframe["close"]) / (highest - lowest) * -100


def laguerre(
    dataframe: pd.DataFrame,
    gamma: float = 0.75,
    smooth: int = 1,
    debug: bool = False,  # noqa: FBT001, FBT002  # the original's signature
) -> pd.Series:
    """Return Ehlers' Laguerre RSI from 0 to 1; `smooth` and `debug` change nothing."""
    del smooth, debug
    lines, result = (0.0, 0.0, 0.0, 0.0), []
    for close in dataframe["close"].tolist():
        lines = _laguerre_lines(lines, close, gamma)
        ups = downs = 0.0
        for upper, lower in pairwise(lines):
            if upper >= lower:
                ups = ups + upper - lower
            else:
                downs = downs + lower - upper
        result.append(ups / (ups + downs) if ups + downs != 0 else 0)
    return pd.Series(result)


def osc(dataframe: pd.DataFrame, periods: int = 14) -> pd.Series:
    """Return the share of new highs in the ways up and down, from 0 to 1."""
    dataframe["DM"] = (dataframe["high"] - dataframe["high"].shift()).clip(lower=0)
    dataframe["DMn"] = (dataframe["low"].shift() - dataframe["low"]).clip(lower=0)
    ups, downs = rolling_mean(dataframe["DM"], periods), rolling_mean(dataframe["DMn"], periods)
    share: pd.Series = ups / (ups + downs)
    return share


def stc(dataframe: pd.DataFrame, fast: int = 23, slow: int = 50, length: int = 10) -> pd.Series:
    """Return Schaff's trend cycle, and add it as `stc`."""
    macd = ta.EMA(dataframe, timeperiod=fast) - ta.EMA(dataframe, timeperiod=slow)
    lowest, highest = macd.rolling(window=length).min(), macd.rolling(window=length).max()
    k = (macd - lowest) / (highest - lowest) * 100
    d = k.rolling(window=length).mean()
    dataframe["stc"] = 100 * (macd - (k * macd)) / ((d * macd) - (k * macd))
    return dataframe["stc"]


def RMI(dataframe: pd.DataFrame, *, length: int = 20, mom: int = 5) -> pd.Series:  # noqa: N802
    """Return the relative momentum index: an RSI of the change over `mom` candles."""
    change = dataframe["close"] - dataframe["close"].shift(mom)
    ups = ta.EMA(change.clip(lower=0).fillna(0), length)
    downs = ta.EMA((-change).clip(lower=0).fillna(0), length)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = np.where(downs == 0, 0, 100 - 100 / (1 + ups / downs))
    return pd.Series(index, index=dataframe.index, name="RMI")


def VIDYA(  # noqa: N802
    dataframe: pd.DataFrame,
    length: int = 9,
    select: bool = True,  # noqa: FBT001, FBT002  # the original's signature
) -> pd.Series:
    """Return Chande's average, paced by his momentum oscillator, or by the deviation (`select=False`)."""
    close = dataframe["close"]
    change = close.diff()
    ups = pd.Series(np.where(change >= 0, change, 0.0), index=close.index).rolling(length).sum()
    downs = pd.Series(np.where(change >= 0, 0.0, -change), index=close.index).rolling(length).sum()
    chande = 100 * (ups - downs) / (ups + downs)
    pace = (abs(chande) / 100 if select else close.rolling(length).std()).fillna(0.0).tolist()
    alpha, prices = 2 / (length + 1), close.tolist()
    averages = [0.0] * min(length, len(prices))
    for index in range(length, len(prices)):
        step = alpha * pace[index]
        averages.append(step * prices[index] + (1 - step) * averages[-1])
    return pd.Series(averages, index=close.index, name="VIDYA")


def TKE(dataframe: pd.DataFrame, *, length: int = 14, emaperiod: int = 5) -> tuple[pd.Series, pd.Series]:  # noqa: N802
    """Return the mean of seven oscillators by Yasar Erdinc, and its exponential average."""
    lowest = dataframe["low"].rolling(window=length).min()
    highest = dataframe["high"].rolling(window=length).max()
    seven = pd.DataFrame(
        {
            "rsi": ta.RSI(dataframe, timeperiod=length),
            "stoch": 100 * (dataframe["close"] - lowest) / (highest - lowest),
            "ultosc": ta.ULTOSC(dataframe, timeperiod1=7, timeperiod2=14, timeperiod3=28),
            "mfi": ta.MFI(dataframe, timeperiod=length),
            "willr": ta.WILLR(dataframe, timeperiod=length),
            "mom": ta.ROCR100(dataframe, timeperiod=length),
            "cci": ta.CCI(dataframe, timeperiod=length),
        }
    )
    mean = seven.mean(axis="columns").rename("TKE")
    return mean, pd.Series(ta.EMA(mean, timeperiod=emaperiod), index=mean.index, name="TKEema")


def vwmacd(
    dataframe: pd.DataFrame, *, fastperiod: int = 12, slowperiod: int = 26, signalperiod: int = 9
) -> pd.DataFrame:
    """Return the frame with `vwmacd`, `signal` and `hist`: a MACD of averages weighted by volume."""
    fast, slow = (_volume_ema(dataframe, period) for period in (fastperiod, slowperiod))
    dataframe["vwmacd"] = fast - slow
    dataframe["signal"] = ta.EMA(dataframe["vwmacd"], signalperiod)
    dataframe["hist"] = dataframe["vwmacd"] - dataframe["signal"]
    return dataframe


def _volume_ema(dataframe: pd.DataFrame, period: int) -> npt.NDArray[np.float64]:
    average: npt.NDArray[np.float64] = ta.EMA(dataframe["volume"] * dataframe["close"], period) / ta.EMA(
        dataframe["volume"], period
    )
    return average


def _laguerre_lines(
    before: tuple[float, float, float, float], price: float, gamma: float
) -> tuple[float, float, float, float]:
    first = (1 - gamma) * price + gamma * before[0]
    second = -gamma * first + before[0] + gamma * before[1]
    third = -gamma * second + before[1] + gamma * before[2]
    fourth = -gamma * third + before[2] + gamma * before[3]
    return first, second, third, fourth
