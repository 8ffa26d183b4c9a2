"""Indicators of volume and volatility."""

import math
from typing import Any

import numpy as np
import pandas as pd

from trading.strategy_framework.qtpylib import atr, true_range
from trading.strategy_framework.technical.functions import plain
from trading.strategy_framework.technical.indicators.averages import sma, vwma

_CHANGES = 30


def atr_percent(dataframe: pd.DataFrame, period: int = 14) -> pd.Series:
    """Return the average true range in percent of the close."""
    return (atr(dataframe, period) / dataframe["close"]) * 100


def chopiness(dataframe: pd.DataFrame, period: int = 14) -> pd.Series:
    """Return how much of the way went sideways, from 0 (straight) to 100; the first candle has no way."""
    way = true_range(dataframe).iloc[1:].rolling(1).mean().rolling(period).sum()
    span = dataframe["high"].rolling(period).max() - dataframe["low"].rolling(period).min()
    index: pd.Series = 100 * np.log10(way / span) / np.log10(period)
    return index


def chaikin_money_flow(dataframe: pd.DataFrame, period: int = 21) -> pd.Series:
    """Return Chaikin's money flow: volume by where in its range each candle closed."""
    high, low, close = dataframe["high"], dataframe["low"], dataframe["close"]
    flow = ((close - low) - (high - close)) / (high - low) * dataframe["volume"]
    total: pd.Series = flow.rolling(period).sum()
    return total / dataframe["volume"].rolling(period).sum()


cmf = chaikin_money_flow


def vfi(  # the original's signature
    dataframe: pd.DataFrame,
    length: int = 130,
    coef: float = 0.2,
    vcoef: float = 2.5,
    signalLength: int = 5,  # noqa: N803
    smoothVFI: bool = False,  # noqa: FBT001, FBT002, N803
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the volume flow indicator, its average and their difference, and add all three."""
    typical = (dataframe["high"] + dataframe["low"] + dataframe["close"]) / 3
    logarithm = typical.map(math.log)
    deviation = (logarithm - logarithm.shift(+1)).rolling(_CHANGES).std(ddof=0)
    cutoff = coef * deviation * dataframe["close"]
    usual = pd.Series(plain.SMA(dataframe["volume"].shift(+1), timeperiod=length), index=dataframe.index)
    cap = usual * vcoef
    volume = np.where(dataframe["volume"] < cap, dataframe["volume"], cap)
    change = typical - typical.shift(+1)
    signed = pd.Series(
        np.where(change > cutoff, volume, np.where(change < -cutoff, -volume, 0)), index=dataframe.index
    )
    flow: Any = signed.rolling(length).sum() / usual
    if smoothVFI is True:
        flow = plain.SMA(flow, timeperiod=3)
    dataframe["vfi"] = flow
    dataframe["vfima"] = plain.EMA(dataframe["vfi"], signalLength)
    dataframe["vfi_hist"] = dataframe["vfi"] - dataframe["vfima"]
    return dataframe["vfi"], dataframe["vfima"], dataframe["vfi_hist"]


def vpci(dataframe: pd.DataFrame, period_short: int = 5, period_long: int = 20) -> pd.Series:
    """Return how volume confirms the price: the product of three ratios of weighted and plain averages."""
    confirmation = vwma(dataframe, period_long) - sma(dataframe, period_long)
    ratio = vwma(dataframe, period_short) / sma(dataframe, period_short)
    volumes = [sma(dataframe, period, field="volume") for period in (period_short, period_long)]
    result: pd.Series = confirmation * ratio * (volumes[0] / volumes[1])
    return result


def vpcii(
    dataframe: pd.DataFrame,
    period_short: int = 5,
    period_long: int = 20,
    hist: int = 8,
    hist_long: int = 30,
) -> pd.Series:
    """Return how fast `vpci` leaves its average, as an absolute fraction; `hist_long` changes nothing."""
    del hist_long
    confirmation = vpci(dataframe, period_short, period_long)
    distance: pd.Series = confirmation - confirmation.rolling(hist).mean()
    return distance.pct_change().abs()
