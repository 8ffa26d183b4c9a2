"""Candles as they were known at a moment: what closed later does not exist yet."""

from collections.abc import Sequence

import pandas as pd

from trading.backtesting.ports import UNBOUNDED, CandleStore, TimeRange
from trading.strategy_framework.candles.times import timeframe_to_seconds

_CALENDAR_OFFSETS = {"1M": pd.offsets.MonthBegin(1), "1y": pd.offsets.YearBegin(1)}


class PastCandles:
    """A store that holds, of every pair and timeframe, only the candles closed at `now`."""

    def __init__(self, store: CandleStore, now: pd.Timestamp) -> None:
        self._store, self._now = store, now

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        """Return the candles that were closed; see `CandleStore`."""
        return closed_at(self._store.candles(pair, timeframe, candle_type, timerange), timeframe, self._now)

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs with candles of that timeframe, whenever."""
        return self._store.pairs(timeframe)


def closed_at(frame: pd.DataFrame, timeframe: str, now: pd.Timestamp) -> pd.DataFrame:
    """Return the rows whose candles, opened at `date`, had closed at `now`."""
    if frame.empty:
        return frame
    return frame.iloc[: int((close_times(frame["date"], timeframe) <= now).sum())]


def close_times(opened: pd.Series, timeframe: str) -> pd.Series:
    """Return when candles that opened at these times close; months and years by the calendar."""
    if timeframe in _CALENDAR_OFFSETS:
        return opened + _CALENDAR_OFFSETS[timeframe]
    return opened + pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
