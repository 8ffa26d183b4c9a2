"""Candles as strategies see them: a frame of closed bars, float64, oldest first, UTC."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from market.events import Bar
from market.timeframes import timeframe_ns

COLUMNS = ("date", "open", "high", "low", "close", "volume")
PRICE_COLUMNS = COLUMNS[1:]


def candle_frame(bars: Sequence[Bar]) -> pd.DataFrame:
    """Return the bars as a frame; prices and sizes cross from Decimal to float64 here.

    `bars` are of one instrument and timeframe, ascending by open time.
    """
    opened = np.array([bar.open_time for bar in bars], dtype="datetime64[ns]")
    columns: dict[str, object] = {"date": pd.DatetimeIndex(opened).tz_localize("UTC")}
    for name in PRICE_COLUMNS:
        columns[name] = np.array([float(getattr(bar, name)) for bar in bars], dtype=np.float64)
    return pd.DataFrame(columns)


def close_times(candles: pd.DataFrame, timeframe: str) -> pd.Series:
    """Return each candle's close time, exclusive: the open time of the next one."""
    return candles["date"] + timedelta(seconds=timeframe_ns(timeframe) // 1_000_000_000)
