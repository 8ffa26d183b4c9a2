"""The bars that Tidegate itself recorded or downloaded, as a candle store."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from runtime.postgres import connect
from runtime.settings import CoreSettings
from trading.backtesting.data.remarks import Remark
from trading.backtesting.data.stores.database_rows import bars_from_database, forecasts_from_database
from trading.backtesting.data.stores.memory import MemoryStore
from trading.backtesting.ports import UNBOUNDED, TimeRange
from trading.strategy_framework.candles.forecasts import join_forecasts

_PAIRS = "SELECT DISTINCT symbol FROM bars WHERE venue = %s AND timeframe = ANY(%s) ORDER BY symbol"
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


class DatabaseStore:
    """One venue's bars; where a timeframe was not kept, it is joined from the minutes.

    With forecasts, each frame has the columns of `trading.strategy_framework.candles.forecasts`, as they were
    known when its candles closed.
    """

    def __init__(self, settings: CoreSettings, venue: str, *, with_forecasts: bool = False) -> None:
        self.remarks: list[Remark] = []
        self._settings = settings
        self._venue = venue
        self._with_forecasts = with_forecasts

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the symbols with bars of the timeframe, or of minutes, sorted.

        Raises:
            Unavailable: the database does not answer.
        """
        with connect(self._settings, autocommit=True, name="tidegate-backtest") as connection:
            rows = connection.execute(_PAIRS, (self._venue, ["1m", timeframe])).fetchall()
        return [symbol for (symbol,) in rows]

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        """Return a pair's candles: cut to the range, in order, gaps filled; none of other types than spot.

        Raises:
            Unavailable: the database does not answer.
        """
        since = _FIRST if timerange.start_s is None else datetime.fromtimestamp(timerange.start_s, UTC)
        until = _LAST if timerange.stop_s is None else datetime.fromtimestamp(timerange.stop_s + 1, UTC)
        frames = {}
        for kept in dict.fromkeys((timeframe, "1m")):
            bars = bars_from_database(
                self._settings, venue=self._venue, symbol=pair, timeframe=kept, since=since, until=until
            )
            if not bars.empty:
                frames[pair, kept, "spot"] = bars
                break
        memory = MemoryStore(frames, source=f"bars of {self._venue}")
        candles = memory.candles(pair, timeframe, candle_type, timerange)
        self.remarks += [remark for remark in memory.remarks if remark not in self.remarks]
        if not self._with_forecasts or candles.empty:
            return candles
        forecasts = forecasts_from_database(self._settings, symbol=pair, since=since, until=until)
        return join_forecasts(candles, timeframe, forecasts)
