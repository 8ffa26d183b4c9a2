"""Our side: load each file, analyse one pair."""

import logging
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from tests.trading.strategy_framework.columns import jobs
from trading.strategy_framework.analysis import analyze
from trading.strategy_framework.interface.data_provider import DataProvider
from trading.strategy_framework.interface.enums import RunMode
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured, start
from trading.strategy_framework.loading.loader import ready_class, strategies_in


class Source:
    """The walks."""

    def candles(self, pair: str, timeframe: str, candle_type: str = "spot") -> pd.DataFrame:
        """Return the walk of a pair."""
        return jobs.candles(pair, timeframe)

    def pairs(self, timeframe: str) -> list[str]:
        """Return the pairs."""
        return list(jobs.PAIRS)


def answers(path: Path) -> list[jobs.Answer]:
    """Return an answer for each strategy of a file."""
    try:
        found = strategies_in(path)
    except Exception as error:  # whatever a file raises is the answer
        return [{"name": None, "stage": "import", "error": str(error)}]
    return [{"name": name, **_answer(one, path)} for name, one in found.items()]


def _answer(strategy_class: type[IStrategy], path: Path) -> jobs.Answer:
    stage = "load"
    try:
        strategy_class = ready_class(strategy_class, path)
        stage = "run"
        return {"stage": "done", "frame": _frame(strategy_class)}
    except Exception as error:  # whatever a file raises is the answer
        return {"stage": stage, "error": f"{type(error).__name__}: {error}"}


def _frame(strategy_class: type[IStrategy]) -> pd.DataFrame:
    futures = bool(strategy_class.can_short)
    timeframe = None if getattr(strategy_class, "timeframe", None) else "5m"
    config: dict[str, Any] = jobs.settings(futures=futures, timeframe=timeframe)
    mode = "futures" if futures else "spot"
    strategy = configured(strategy_class, {**config, "runmode": RunMode.BACKTEST, "trading_mode": mode})
    pairs = jobs.pairs(futures=futures)
    strategy.dp = DataProvider(Source(), strategy.config, whitelist=pairs)
    start(strategy)
    return analyze(strategy, jobs.candles(pairs[0], strategy.timeframe), {"pair": pairs[0]})


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    jobs.run_files(answers)
