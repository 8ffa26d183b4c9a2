"""What the user should know of a job: where its parameters come from, and which candles there are not."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trading.backtesting.data.config.file import Config
from trading.backtesting.ports import CandleStore
from trading.backtesting.result import BacktestResult
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.trades.markets.market import PairMarket

_TABLES = {"stoploss", "trailing", "max_open_trades"}


def file_parameters(strategy: IStrategy, config: Config) -> list[str]:
    """Say which values the file of parameters beside the strategy sets; those of `config` beat it."""
    values = [
        f"{name}={value}"
        for space, table in strategy.wiring.file_parameters.items()
        for name, value in _values(strategy, space, table)
        if name not in config
    ]
    file = Path(getattr(strategy, "__file__", "")).with_suffix(".json")
    return [f"parameters from {file.name}: {', '.join(values)}"] if values else []


def _values(strategy: IStrategy, space: str, table: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(table, Mapping):
        return
    if space == "roi":
        yield "minimal_roi", dict(table)
        return
    for name, value in table.items():
        if space in _TABLES or hasattr(type(strategy), name):
            yield name, value


def no_timeframe(store: CandleStore, timeframe: str, where: str, *, is_futures: bool) -> str:
    """Say of which timeframes there are candles instead."""
    kind = "futures" if is_futures else "spot"
    files: Any = getattr(store, "files", list)()
    there = sorted({f"{file.timeframe} ({file.candle_type})" for file in files})
    message = f"{where} has no {timeframe} {kind} candles"
    return f"{message}; it has {', '.join(there)}: choose with --timeframe" if there else message


def what_there_is(store: CandleStore, pairs: Sequence[str], strategy: IStrategy) -> str:
    """Say from when to when there are candles of the first pair that has any."""
    kind = str(strategy.config.get("candle_type_def", "spot"))
    for pair in pairs:
        dates = store.candles(pair, strategy.timeframe, kind)["date"]
        if len(dates):
            return (
                f"{pair} has candles from {dates.iloc[0]:%Y-%m-%d %H:%M} to {dates.iloc[-1]:%Y-%m-%d %H:%M}"
            )
    return "nothing is stored of these pairs"


def without_tiers(markets: Mapping[str, PairMarket], strategy: IStrategy) -> list[str]:
    """Say which pairs trade without leverage tiers, where that matters."""
    absent = [pair for pair, market in markets.items() if not market.leverage_tiers]
    if strategy.config["trading_mode"] != "futures" or not absent:
        return []
    places = "markets.json and futures/leverage_tiers_USDT.json"
    return [f"leverage 1 and no liquidation for {', '.join(absent)}: no leverage tiers in {places}"]


def without_candles(pairs: Sequence[str], result: BacktestResult, in_range: str) -> list[str]:
    """Say which pairs have no candles in the range."""
    absent = [pair for pair in pairs if pair not in result.pairs]
    return [f"left out, without candles from {in_range}: {', '.join(absent)}"] if absent else []
