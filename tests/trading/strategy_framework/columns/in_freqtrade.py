"""The real freqtrade's side: the same candles through its own resolver and strategy interface."""

import importlib
import logging
import warnings
from pathlib import Path
from typing import Any

from tests.trading.strategy_framework.columns import jobs

resolvers: Any = importlib.import_module("freqtrade.resolvers.strategy_resolver")
provider: Any = importlib.import_module("freqtrade.data.dataprovider")
enums: Any = importlib.import_module("freqtrade.enums")
Resolver: Any = resolvers.StrategyResolver


class Markets(dict[str, Any]):
    """A market for every pair asked for."""

    def get(self, pair: str, _: Any = None) -> dict[str, Any]:
        """Return base and quote."""
        base, _, rest = pair.partition("/")
        return {"symbol": pair, "base": base, "quote": rest.partition(":")[0], "active": True}


class Exchange:
    """As much of an exchange as a strategy's indicators need."""

    markets = Markets()

    def get_option(self, _: str) -> str:
        """Return the timeframe of funding rates."""
        return "1h"

    def fetch_ticker(self, _: str) -> dict[str, Any]:
        """Return nothing, as in our backtests."""
        return {}

    def fetch_l2_order_book(self, *_: Any) -> dict[str, Any]:
        """Return nothing, as in our backtests."""
        return {"bids": [], "asks": []}


class Whitelist:
    """The pairs that may be traded."""

    def __init__(self, pairs: list[str]) -> None:
        self.whitelist = pairs


def answers(path: Path) -> list[jobs.Answer]:
    """Return an answer for each strategy of a file."""
    try:
        found = [one for one, _ in Resolver._get_valid_object(path, None)]
    except BaseException as error:  # whatever a file raises is the answer
        return [{"name": None, "stage": "import", "error": f"{type(error).__name__}: {error}"}]
    return [{"name": one.__name__, **_answer(one, path)} for one in found] or [
        {"name": None, "stage": "import", "error": "freqtrade finds no strategy in it"}
    ]


def _answer(strategy_class: Any, path: Path) -> jobs.Answer:
    strategy_class.__file__ = str(path)
    try:
        return {"stage": "done", "frame": _frame(strategy_class)}
    except BaseException as error:  # whatever a file raises is the answer
        return {"stage": "run", "error": f"{type(error).__name__}: {error}"}


def _frame(strategy_class: Any) -> Any:
    futures = bool(strategy_class.can_short)
    timeframe = None if getattr(strategy_class, "timeframe", None) else "5m"
    timeframe = getattr(strategy_class, "ticker_interval", timeframe) if timeframe else None
    config = jobs.settings(futures=futures, timeframe=timeframe)
    config["strategy"] = strategy_class.__name__
    config["runmode"] = enums.RunMode.BACKTEST
    config["trading_mode"] = enums.TradingMode.FUTURES if futures else enums.TradingMode.SPOT
    config["candle_type_def"] = enums.CandleType.FUTURES if futures else enums.CandleType.SPOT
    Resolver._load_object = classmethod(lambda _, **__: strategy_class(config=config))
    strategy = Resolver.load_strategy(config)
    pairs = jobs.pairs(futures=futures)
    strategy.dp = provider.DataProvider(config, Exchange(), Whitelist(pairs))
    strategy.ft_bot_start()
    candles = jobs.candles(pairs[0], strategy.timeframe)
    analysed = strategy.advise_all_indicators({pairs[0]: candles})
    return strategy.ft_advise_signals(analysed[pairs[0]], {"pair": pairs[0]})


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    provider.load_pair_history = jobs.candles
    jobs.run_files(answers)
