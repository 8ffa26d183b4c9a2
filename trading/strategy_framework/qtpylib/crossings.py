"""Where two lines cross."""

from typing import Any

import numpy as np
import pandas as pd

Line = Any
"""A series, an array, or a level."""


def crossed(series1: Line, series2: Line, direction: str | None = None) -> pd.Series:
    """Return where the first crosses the second `above`, `below`, or either way when left out."""
    first = pd.Series(series1) if isinstance(series1, np.ndarray) else series1
    second = series2
    if isinstance(series2, float | int | np.ndarray | np.integer | np.floating):
        second = pd.Series(index=first.index, data=series2)
    before, other_before = first.shift(1), second.shift(1)
    above: pd.Series = (first > second) & (before <= other_before)
    if direction == "above":
        return above
    below: pd.Series = (first < second) & (before >= other_before)
    return below if direction is not None else above | below


def crossed_above(series1: Line, series2: Line) -> pd.Series:
    """Return where the first is above the second and was not one candle before."""
    return crossed(series1, series2, "above")


def crossed_below(series1: Line, series2: Line) -> pd.Series:
    """Return where the first is below the second and was not one candle before."""
    return crossed(series1, series2, "below")
