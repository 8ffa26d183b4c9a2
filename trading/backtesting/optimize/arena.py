"""Backtests of candidates: one strategy on one set of candles, many times, in one process."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from trading.backtesting.candles.kept import KeptCandles
from trading.backtesting.commands.job import Job, prepare
from trading.backtesting.errors import NoCandles
from trading.backtesting.optimize.candidate import Candidate, apply, file_name
from trading.backtesting.ports import TimeRange
from trading.backtesting.result import BacktestResult
from trading.backtesting.run import run_backtest
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured


class Arena:
    """Runs candidates; the candles are read once."""

    def __init__(self, job: Job) -> None:
        """Load the strategy and choose the pairs.

        Raises:
            BacktestError: the candles or settings can't be used.
            StrategyError: the strategy can't be loaded.
        """
        ready = prepare(job)
        self.job, self._markets, self._range = job, ready.markets, ready.time_range
        self._config = dict(ready.strategy.config)
        self._store = KeptCandles(ready.store)
        self.strategy: IStrategy = ready.strategy
        self.pairs = ready.pairs
        self.remarks = ready.remarks

    @property
    def timeframe_s(self) -> int:
        """Seconds of a candle."""
        return timeframe_to_seconds(self.strategy.timeframe)

    def span(self) -> TimeRange:
        """Return the opens of the first and last candle that may be traded, over all pairs.

        Raises:
            NoCandles: there are none in the range.
        """
        warm_up_s = int(self.strategy.startup_candle_count) * self.timeframe_s
        frames = [frame for frame in self.candles(self._range.earlier(warm_up_s)).values() if len(frame)]
        if not frames:
            raise NoCandles(
                f"no {self.strategy.timeframe} candles of {', '.join(self.pairs)} in the time range"
            )
        first = min(int(frame["date"].iloc[0].timestamp()) for frame in frames) + warm_up_s
        last = max(int(frame["date"].iloc[-1].timestamp()) for frame in frames)
        return TimeRange(max(first, self._range.start_s or first), last)

    def parameters_beside(self, chosen: Collection[str]) -> dict[str, Any]:
        """Return what `<strategy>.json` says of the spaces that are not chosen."""
        stored = self.strategy.wiring.file_parameters
        return {
            space: values
            for space, values in stored.items()
            if space not in {file_name(one) for one in chosen}
        }

    def candles(self, stretch: TimeRange) -> Mapping[str, pd.DataFrame]:
        """Return the strategy's own candles of a stretch by pair."""
        kind = str(self._config.get("candle_type_def", "spot"))
        timeframe = self.strategy.timeframe
        return {pair: self._store.candles(pair, timeframe, kind, stretch) for pair in self.pairs}

    def new_strategy(self, candidate: Candidate | None = None) -> IStrategy:
        """Return a configured strategy with the candidate's values.

        Raises:
            StrategyError: the strategy can't be configured.
        """
        config = dict(self._config)
        if candidate and "protection" in candidate:
            config["enable_protections"] = True
        strategy = configured(type(self.strategy), config)
        if candidate:
            apply(strategy, candidate)
        return strategy

    def run(self, candidate: Candidate | None, stretch: TimeRange) -> BacktestResult:
        """Run a backtest of the stretch.

        Raises:
            BacktestError: there are no candles.
            StrategyError: the strategy failed.
        """
        return run_backtest(
            self.new_strategy(candidate),
            self._store,
            pairs=self.pairs,
            markets=self._markets,
            timerange=stretch,
            engine=self.job.engine,
        )
