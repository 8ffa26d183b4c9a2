"""Touches of a level, and bounces off it."""

from typing import Any

import numpy as np
import pandas as pd

__all__ = ["bounce", "touches"]


def touches(dataframe: pd.DataFrame, level: Any) -> Any:
    """Return 1 where a candle crosses the level and rises, -1 where it does not rise, else 0."""
    crosses = (dataframe["high"] > level) & (dataframe["low"] < level)
    rises = dataframe["open"] < dataframe["close"]
    return np.where(crosses, np.where(rises, 1, -1), 0)


def bounce(dataframe: pd.DataFrame, level: Any) -> Any:
    """Return, after a candle that touched and rose, 1 for one above the level, -1 for one below, else 0."""
    touched = np.concatenate([[0], touches(dataframe, level)[:-1]]) == 1
    above = (dataframe["open"] > level) & (dataframe["close"] > level)
    below = (dataframe["open"] < level) & (dataframe["close"] < level)
    return np.where(touched & above, 1, np.where(touched & below, -1, 0))
