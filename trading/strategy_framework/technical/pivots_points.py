"""Pivot points: supports and resistances from the candles before."""

import pandas as pd

from trading.strategy_framework.qtpylib import rolling_mean, typical_price

__all__ = ["pivots_points"]


def pivots_points(dataframe: pd.DataFrame, timeperiod: int = 30, levels: int = 3) -> pd.DataFrame:
    """Return `pivot`, and `r1`, `s1` … up to `levels`, from averages over `timeperiod` candles."""
    pivot = rolling_mean(typical_price(dataframe), timeperiod)
    lines = {
        "pivot": pivot,
        "r1": 2 * pivot - rolling_mean(dataframe["low"], timeperiod),
        "s1": 2 * pivot - rolling_mean(dataframe["high"], timeperiod),
    }
    for level in range(2, levels + 1):
        support, resistance = lines[f"s{level - 1}"], lines[f"r{level - 1}"]
        lines[f"r{level}"] = (pivot - support) + resistance
        lines[f"s{level}"] = pivot - (resistance - support)
    return pd.DataFrame(lines, index=dataframe.index)
