"""Small transformations of a series."""

import math
from typing import Any

import numpy as np
import pandas as pd

from trading.strategy_framework.technical.functions import plain

__all__ = ["ehlers_super_smoother", "fishers_inverse", "went_down", "went_up"]


def went_up(series: pd.Series) -> pd.Series:
    """Return where the value is above the one before."""
    return series > series.shift(1)


def went_down(series: pd.Series) -> pd.Series:
    """Return where the value is below the one before."""
    return series < series.shift(1)


def ehlers_super_smoother(series: pd.Series, smoothing: float = 6) -> pd.Series:
    """Return Ehlers' super smoother: a low-pass filter of two poles; the first two values stay."""
    decay = math.pi * math.sqrt(2) / smoothing
    first = math.exp(-decay)
    back_1 = 2 * first * math.cos(decay)
    back_2 = -first * first
    weight = (1 - back_1 - back_2) / 2
    values = series.tolist()
    smooth = values[:2]
    for index in range(2, len(values)):
        pair = values[index] + values[index - 1]
        smooth.append(weight * pair + back_1 * smooth[-1] + back_2 * smooth[-2])
    return pd.Series(smooth, index=series.index, name=series.name)


def fishers_inverse(series: pd.Series, smoothing: int = 0) -> Any:
    """Return Fisher's inverse transform, from -1 to 1, of an oscillator from 0 to 100."""
    centred: Any = 0.1 * (series - 50)
    if smoothing > 0:
        centred = plain.WMA(centred.to_numpy(), timeperiod=smoothing)
    grown = np.exp(2 * centred)
    return (grown - 1) / (grown + 1)
