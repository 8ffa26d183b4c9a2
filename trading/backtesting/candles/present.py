"""The data of a strategy in a backtest: what is known at the candle that is traded, no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import pandas as pd

from trading.backtesting.ports import CandleStore, TimeRange
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.interface.data_provider import EPOCH, DataProvider


class Cursor(Protocol):
    """Where a run stands."""

    def known_until(self) -> datetime | None:
        """Return the open of the candle that is traded; None before the first."""
        ...

    def rows_seen(self, pair: str) -> int | None:
        """Return how many rows of the pair's analysed frame are known; None before its first candle."""
        ...


class PresentData(DataProvider):
    """A data provider that asks the run where it stands, only when the strategy asks for data."""

    cursor: Cursor | None = None

    def get_pair_dataframe(
        self, pair: str, timeframe: str | None = None, candle_type: str = ""
    ) -> pd.DataFrame:
        """Return the closed candles of a pair, up to the present candle."""
        self.set_now(None if self.cursor is None else self.cursor.known_until())
        return super().get_pair_dataframe(pair, timeframe, candle_type)

    def get_analyzed_dataframe(self, pair: str, timeframe: str) -> tuple[pd.DataFrame, datetime]:
        """Return the known end of the pair's analysed frame, at most 1,000 rows."""
        rows = None if self.cursor is None else self.cursor.rows_seen(pair)
        if rows is None:
            return pd.DataFrame(), EPOCH
        self.set_rows(pair, rows)
        return super().get_analyzed_dataframe(pair, timeframe)


class RangedSource:
    """A store seen by one run: cut to its range, with the warm-up before it."""

    def __init__(self, store: CandleStore, timerange: TimeRange, startup_candles: int) -> None:
        self._store = store
        self._timerange = timerange
        self._startup_candles = startup_candles

    def candles(self, pair: str, timeframe: str, candle_type: str = "spot") -> pd.DataFrame:
        """Return a pair's candles from the warm-up to the end of the range."""
        warm_up_s = timeframe_to_seconds(timeframe) * self._startup_candles
        return self._store.candles(pair, timeframe, candle_type, self._timerange.earlier(warm_up_s))

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs with candles of that timeframe."""
        return self._store.pairs(timeframe)
