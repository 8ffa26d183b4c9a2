"""A strategy and the candles that it is examined on; how one run on a part of them is made.

Each run gets a new strategy object, so that nothing it remembers can stand in for what it can't know.
"""

from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any

import pandas as pd

from trading.backtesting.candles.kept import KeptCandles
from trading.backtesting.commands.job import Ready
from trading.backtesting.commands.strategy_files import StrategyFile
from trading.backtesting.data.time_range import range_text
from trading.backtesting.errors import NoCandles
from trading.backtesting.lookahead.past import PastCandles, close_times
from trading.backtesting.ports import CandleStore
from trading.strategy_framework.analysis import analyze
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.interface.data_provider import DataProvider
from trading.strategy_framework.interface.enums import RunMode
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured, start
from trading.strategy_framework.loading.loader import load_strategy_file


@dataclass(frozen=True)
class Subject:
    """What is examined. `candles` are the strategy's own, by pair; `store` has all others.

    `candles` may carry more columns than a candle has (forecasts, other venues' closes), as they were
    known when each candle closed.
    """

    source: StrategyFile
    candles: Mapping[str, pd.DataFrame]
    store: CandleStore
    config: Mapping[str, Any] = field(default_factory=dict)
    whitelist: Sequence[str] = ()
    markets: Mapping[str, Mapping[str, Any]] | None = None


def subject_of(source: StrategyFile, ready: Ready) -> Subject:
    """Return the strategy of a prepared job with all its candles in the job's range.

    Raises:
        NoCandles: none are stored of any pair in the range.
    """
    strategy = ready.strategy
    kind = str(strategy.config.get("candle_type_def", "spot"))
    warm_up_s = timeframe_to_seconds(strategy.timeframe) * int(strategy.startup_candle_count)
    in_range = ready.time_range.earlier(warm_up_s)
    frames = {pair: ready.store.candles(pair, strategy.timeframe, kind, in_range) for pair in ready.pairs}
    candles = {pair: frame for pair, frame in frames.items() if len(frame)}
    if not candles:
        raise NoCandles(
            f"no {strategy.timeframe} candles of {', '.join(ready.pairs)} from {range_text(ready.time_range)}"
        )
    return Subject(
        source=source, candles=candles, store=ready.store, config=strategy.config, whitelist=ready.pairs
    )


class Runs:
    """Runs of one subject on parts of its candles, in this process."""

    def __init__(self, subject: Subject) -> None:
        """Load the strategy.

        Raises:
            StrategyError: it can't be loaded or configured.
        """
        self._subject = subject
        self._class = load_strategy_file(subject.source.path, subject.source.class_name)
        self._store = KeptCandles(subject.store)
        self._config = {"runmode": RunMode.BACKTEST, **subject.config}
        self.strategy = configured(self._class, self._config)

    @property
    def startup(self) -> int:
        """How many candles the strategy wants before the first that it trades."""
        return int(self.strategy.startup_candle_count)

    def settled(self) -> int:
        """Return how many candles come before the first that is judged.

        That is the start-up, or one candle of the longest other timeframe where that is longer: a
        merge finds nothing to carry forward before.
        """
        return max(self.startup, self._longest_ratio())

    def history(self) -> int:
        """Return how many own candles the start-up of the longest other timeframe lasts."""
        return self.startup * self._longest_ratio()

    def run(self, pair: str, first: int, end: int, *, since: int) -> pd.DataFrame:
        """Return the analysed frame of the candles [first, end), as of the close of the last one.

        Other timeframes have their own start-up before the candle of row `since`.

        Raises:
            StrategyError: the strategy raised or broke its contract.
        """
        frame = self._subject.candles[pair].iloc[first:end].reset_index(drop=True)
        now = close_times(frame["date"], self.strategy.timeframe).iloc[-1]
        began = self._subject.candles[pair]["date"].iloc[since].to_pydatetime()
        strategy = self._wired(PastCandles(self._store, now), since=began)
        # What a strategy prints in hundreds of runs would bury the findings.
        with redirect_stdout(StringIO()):
            start(strategy)
            return analyze(strategy, frame, {"pair": pair})

    def dates(self, pair: str, first: int, end: int) -> pd.DatetimeIndex:
        """Return the open times of the candles [first, end)."""
        return pd.DatetimeIndex(self._subject.candles[pair]["date"].iloc[first:end]).as_unit("ns")

    def _longest_ratio(self) -> int:
        strategy = self._wired(self._store, since=None)
        own_s = timeframe_to_seconds(strategy.timeframe)
        others = [timeframe_to_seconds(timeframe) for _, timeframe, _ in strategy.gather_informative_pairs()]
        return max([0, *others]) // own_s

    def _wired(self, store: CandleStore, *, since: datetime | None) -> IStrategy:
        strategy = configured(self._class, self._config)
        strategy.dp = DataProvider(
            store,
            strategy.config,
            whitelist=self._subject.whitelist or list(self._subject.candles),
            markets=self._subject.markets,
            since=since,
        )
        return strategy
