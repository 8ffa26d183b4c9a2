"""The live candles of all venues: what strategies analyse, and what they may ask for besides."""

from collections.abc import Mapping, Sequence
from threading import Lock

import pandas as pd

from market.clock import NS_PER_S
from market.events import Bar
from market.timeframes import timeframe_ns
from trading.api.host.history import BarHistory
from trading.backtesting.data.stores.memory import MemoryStore
from trading.strategy_framework.candles.forecasts import KnownForecast, join_forecasts
from trading.strategy_framework.candles.frames import candle_frame
from trading.strategy_framework.candles.venue_closes import join_venue_closes
from trading.strategy_framework.interface.strategy import IStrategy

FORECASTS_KEPT = 200
FRAMES_KEPT = 64


class LiveCandles:
    """Closed candles by venue, symbol and timeframe, and the forecasts; any thread may use it.

    `venues[0]` is the one whose candles strategies trade on. It serves a strategy's data provider too.
    """

    def __init__(self, venues: Sequence[str], bars_max: int) -> None:
        self._venue = venues[0]
        self._lock = Lock()
        self._histories = {venue: BarHistory(bars_max) for venue in venues}
        self._forecasts: dict[str, list[KnownForecast]] = {}
        self._frames: dict[tuple[str, str, str, int], pd.DataFrame] = {}

    def add(self, bars: Sequence[Bar]) -> bool:
        """Take closed bars of any venue and timeframe; return whether one is ours to trade on."""
        minutes = [bar for bar in bars if bar.timeframe == "1m" and bar.venue in self._histories]
        with self._lock:
            for bar in minutes:
                self._histories[bar.venue].add([bar])
            if minutes:
                self._frames.clear()
        return any(bar.venue == self._venue for bar in minutes)

    def add_forecast(self, symbol: str, forecast: KnownForecast) -> None:
        """Take a forecast."""
        with self._lock:
            known = self._forecasts.setdefault(symbol, [])
            known.append(forecast)
            del known[:-FORECASTS_KEPT]

    def newest_close(self, symbol: str, timeframe: str) -> int | None:
        """Return the close time of the newest closed candle of our venue."""
        with self._lock:
            return self._histories[self._venue].newest_close(symbol, timeframe)

    def has_forecast(self, symbol: str, close: int) -> bool:
        """Return whether a forecast that rests on the candle that closed then is here."""
        with self._lock:
            known = self._forecasts.get(symbol, [])
            return bool(known) and known[-1].bar_close_ns >= close

    def has_all_venues(self, symbol: str, timeframe: str, close: int) -> bool:
        """Return whether every venue has closed the candle too."""
        with self._lock:
            closes = [history.newest_close(symbol, timeframe) for history in self._histories.values()]
        return all(newest is not None and newest >= close for newest in closes)

    def frame(self, strategy: IStrategy, symbol: str, close: int) -> pd.DataFrame:
        """Return the candles up to the one that closed at `close`, with what the strategy wants beside."""
        timeframe = strategy.timeframe
        frame = self._frame(self._venue, symbol, timeframe, close)
        if strategy.uses_venues:
            others = [venue for venue in self._histories if venue != self._venue]
            frame = join_venue_closes(
                frame, {venue: self._frame(venue, symbol, timeframe, close) for venue in others}
            )
        if strategy.uses_forecasts:
            with self._lock:
                forecasts = tuple(self._forecasts.get(symbol, ()))
            frame = join_forecasts(frame, timeframe, forecasts)
        return frame

    def candles(self, pair: str, timeframe: str, candle_type: str = "spot") -> pd.DataFrame:
        """Return all closed candles of a pair at our venue; other kinds than spot have none."""
        close = self.newest_close(pair, timeframe) if candle_type in ("", "spot") else None
        return self._frame(self._venue, pair, timeframe, close or 0)

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs with candles of a timeframe."""
        with self._lock:
            return self._histories[self._venue].symbols(timeframe_ns(timeframe))

    def _frame(self, venue: str, symbol: str, timeframe: str, close: int) -> pd.DataFrame:
        key = (venue, symbol, timeframe, close)
        with self._lock:
            found = self._frames.get(key)
            if found is None:
                bars = self._histories[venue].candles(symbol, timeframe)
                found = _without_gaps(
                    candle_frame([bar for bar in bars if bar.close_time <= close]), symbol, timeframe
                )
                if len(self._frames) < FRAMES_KEPT:
                    self._frames[key] = found
        return found.copy()


def _without_gaps(frame: pd.DataFrame, symbol: str, timeframe: str) -> pd.DataFrame:
    """Fill minutes in which nothing was traded, as a backtest's store does."""
    if len(frame) < 2:
        return frame
    length_s = timeframe_ns(timeframe) // NS_PER_S
    span_s = (frame["date"].iloc[-1] - frame["date"].iloc[0]).total_seconds()
    if span_s == (len(frame) - 1) * length_s:
        return frame
    return MemoryStore({(symbol, timeframe, "spot"): frame}).candles(symbol, timeframe)


def minutes_wanted(needs: Mapping[str, int]) -> int:
    """Return how many one-minute bars hold the wanted candles, by timeframe."""
    minute_ns = timeframe_ns("1m")
    return max((count * (timeframe_ns(name) // minute_ns or 1) for name, count in needs.items()), default=0)
