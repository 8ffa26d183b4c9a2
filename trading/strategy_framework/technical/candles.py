"""Smoothed candles and candle shapes."""

from typing import Any

import numpy as np
import pandas as pd

from trading.strategy_framework.qtpylib.prices import smoothed_opens

__all__ = ["doji", "heikinashi"]

_NEARLY = 0.1


def heikinashi(bars: pd.DataFrame) -> pd.DataFrame:
    """Return smoothed candles and their shapes.

    `flat_bottom`, `flat_top`: 1 on a green candle, -1 on a red one, else 0. `candle`: 1 green, -1
    red. `reversal`: 1 from red to green, -1 from green to red. `small_body`: 1 when the wicks are
    longer than the body.
    """
    close = bars[["open", "high", "low", "close"]].mean(axis=1)
    opened = pd.Series(smoothed_opens(bars["open"], bars["close"], close), index=bars.index)
    high = pd.concat([bars["high"], opened, close], axis=1).max(axis=1)
    low = pd.concat([bars["low"], opened, close], axis=1).min(axis=1)
    is_green = close > opened
    upper = high - close.where(is_green, opened)
    lower = opened.where(is_green, close) - low
    colour = _signs(opened < close, ~(opened < close))
    before = pd.Series(colour, index=bars.index).shift(1)
    return pd.DataFrame(
        {
            "open": opened,
            "high": high,
            "low": low,
            "close": close,
            "flat_bottom": _signs(opened == low, close == low),
            "flat_top": _signs(high == close, high == opened),
            "small_body": (upper + lower > (close - opened).abs()).astype("int64"),
            "candle": colour,
            "reversal": _signs((colour == 1) & (before == -1), (colour == -1) & (before == 1)),
            "lower_wick": lower,
            "upper_wick": upper,
        },
        index=bars.index,
    )


def doji(dataframe: pd.DataFrame, exact: bool = False) -> pd.Series:  # noqa: FBT001, FBT002
    """Return 1 where a candle closed where it opened, or (without `exact`) near it."""
    body = (dataframe["open"] - dataframe["close"]).abs()
    allowed = (dataframe["high"] - dataframe["close"]) * _NEARLY
    found = dataframe["open"] == dataframe["close"] if exact else body <= allowed
    return found.astype("int64")


def _signs(positive: Any, negative: Any) -> Any:
    return np.where(positive, 1, np.where(negative, -1, 0))
