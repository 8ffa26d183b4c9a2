"""Trend lines through the extremes of a whole frame: for charts, since they look into the future."""

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["gentrends", "segtrends"]

Line = npt.NDArray[np.float64]


def gentrends(
    dataframe: pd.DataFrame,
    field: str = "close",
    window: float = 1 / 3.0,
    charts: bool = False,  # noqa: FBT001, FBT002  # the original's signature
) -> pd.DataFrame:
    """Return `Data`, `Max Line` and `Min Line` through the two main highs and lows.

    `window` (candles, or below 1 a share of the frame) keeps the second extreme away from the first.
    """
    del charts
    values = dataframe[field].to_numpy()
    distance = int(window * len(values)) if window < 1 else int(window)
    high, low = int(values.argmax()), int(values.argmin())
    later, earlier = values[high + distance :], values[: max(high - distance, 0)]
    second_high = (earlier if high + distance >= len(values) else later).max()
    later, earlier = values[low + distance :], values[: max(low - distance, 0)]
    second_low = (later if low - distance <= 0 else earlier).min()
    return _lines(
        values,
        _through(values, high, int(np.flatnonzero(values == second_high)[0])),
        _through(values, low, int(np.flatnonzero(values == second_low)[0])),
    )


def segtrends(
    dataframe: pd.DataFrame,
    field: str = "close",
    segments: int = 2,
    charts: bool = False,  # noqa: FBT001, FBT002  # the original's signature
) -> pd.DataFrame:
    """Return `Data` and the lines through the extremes of the last two of `segments` equal parts."""
    del charts
    values = dataframe[field].to_numpy()
    size = len(values) // int(segments)
    parts = [values[start * size : (start + 1) * size] for start in (int(segments) - 2, int(segments) - 1)]
    highs = [int(np.flatnonzero(values == part.max())[0]) for part in parts]
    lows = [int(np.flatnonzero(values == part.min())[0]) for part in parts]
    return _lines(values, _through(values, *highs), _through(values, *lows))


def _through(values: Line, first: int, second: int) -> Line:
    slope = (values[first] - values[second]) / (first - second)
    start = values[first] - slope * first
    return np.linspace(start, values[first] + slope * (len(values) - first), len(values))


def _lines(values: Line, highs: Line, lows: Line) -> pd.DataFrame:
    return pd.DataFrame({"Data": values, "Max Line": highs, "Min Line": lows})
