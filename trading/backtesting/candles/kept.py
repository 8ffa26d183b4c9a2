"""A candle store that reads each frame once: for runs that use the same candles many times."""

from collections.abc import Sequence

import pandas as pd

from trading.backtesting.ports import UNBOUNDED, CandleStore, TimeRange


class KeptCandles:
    """Another store's frames, kept in memory; what is given shares their data until it is changed."""

    def __init__(self, store: CandleStore) -> None:
        self._store = store
        self._frames: dict[tuple[str, str, str, TimeRange], pd.DataFrame] = {}

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        """Return the candles; see `CandleStore`."""
        key = (pair, timeframe, str(candle_type), timerange)
        if key not in self._frames:
            self._frames[key] = self._store.candles(pair, timeframe, candle_type, timerange)
        return self._frames[key].copy(deep=False)

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs with candles of that timeframe."""
        return self._store.pairs(timeframe)
