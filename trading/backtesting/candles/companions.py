"""Candles with the columns that our own strategies ask for: forecasts, and other venues' closes.

They are joined by the functions that the live host uses, so that a backtest sees of them what was
known when each candle closed.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from trading.backtesting.ports import UNBOUNDED, CandleStore, TimeRange
from trading.strategy_framework.candles.forecasts import KnownForecast, join_forecasts
from trading.strategy_framework.candles.venue_closes import join_venue_closes
from trading.strategy_framework.interface.strategy import IStrategy


class CompanionStore:
    """A store of one venue's candles, seen by one strategy; `others` are stores of other venues."""

    def __init__(
        self,
        store: CandleStore,
        strategy: IStrategy,
        *,
        forecasts: Mapping[str, Sequence[KnownForecast]] | None = None,
        others: Mapping[str, CandleStore] | None = None,
    ) -> None:
        self._store = store
        self._strategy = strategy
        self._forecasts = forecasts or {}
        self._others = others or {}

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        """Return the store's candles; the strategy's own timeframe has the columns beside."""
        frame = self._store.candles(pair, timeframe, candle_type, timerange)
        if timeframe != self._strategy.timeframe or candle_type != "spot":
            return frame
        if self._strategy.uses_venues:
            closes = {
                venue: store.candles(pair, timeframe, candle_type, timerange)
                for venue, store in self._others.items()
            }
            frame = join_venue_closes(frame, closes)
        if self._strategy.uses_forecasts:
            frame = join_forecasts(frame, timeframe, self._forecasts.get(pair, ()))
        return frame

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs that have candles of this timeframe."""
        return self._store.pairs(timeframe)
