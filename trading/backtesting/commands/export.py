"""Results as JSON: every trade and a summary, for programs and for `diff`.

One strategy: `{"summary": {…}, "trades": […], "locks": […], "remarks": […]}`. Several: `{"strategies":
{name: the same, …}}`. Dates are `2024-01-01 00:05:00+00:00`, ratios fractions, money in the stake
currency, numbers with all their digits.
"""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from trading.backtesting.analysis.freqtrade_figures import freqtrade_figures
from trading.backtesting.analysis.trade_table import trade_table
from trading.backtesting.commands.job import Outcome
from trading.backtesting.data.files.whole_file import write_content
from trading.backtesting.result import BacktestResult, ClosedTrade

FORMAT = "tidegate-backtest/1"


def write_export(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the results of one or several strategies; the file is there whole or not at all.

    Raises:
        NotWritten: the place can't be written.
    """
    documents = {outcome.name: _document(outcome) for outcome in outcomes}
    if len(outcomes) == 1:
        document = {"format": FORMAT, **documents[outcomes[0].name]}
    else:
        document = {"format": FORMAT, "strategies": documents}
    encoded = msgspec.json.format(msgspec.json.encode(document, enc_hook=_plain), indent=1)
    write_content(path, encoded)


def summary(result: BacktestResult) -> dict[str, Any]:
    """Return a run's figures and where they come from; ratios as freqtrade defines them."""
    trades = trade_table(result.trades)
    figures = freqtrade_figures(
        trades,
        starting_balance=result.starting_balance,
        start=result.start,
        end=result.stop,
        final_balance=result.final_balance,
    )
    return {
        "strategy": result.strategy,
        "timeframe": result.timeframe,
        "pairs": result.pairs,
        "backtest_start": str(result.start),
        "backtest_end": str(result.stop),
        "stake_currency": result.terms.stake_currency,
        "starting_balance": result.starting_balance,
        "final_balance": result.final_balance,
        **msgspec.to_builtins(figures),
        **msgspec.to_builtins(result.counts),
        "candles": result.candles,
        "data_hash": result.data_hash,
        "engine": result.engine,
        "callback_failures": dict(result.callback_failures),
        "callback_errors": dict(result.callback_errors),
        "terms": msgspec.to_builtins(result.terms),
        "tidegate_version": _version(),
    }


def _document(outcome: Outcome) -> dict[str, Any]:
    if outcome.result is None:
        return {"problem": outcome.problem}
    return {
        "summary": summary(outcome.result),
        "trades": [_trade(trade) for trade in outcome.result.trades],
        "locks": [_fields(lock) for lock in outcome.result.locks],
        "remarks": list(outcome.remarks),
    }


def _trade(trade: ClosedTrade) -> dict[str, Any]:
    return {**_fields(trade), "orders": [_fields(order) for order in trade.orders]}


def _fields(struct: msgspec.Struct) -> dict[str, Any]:
    values = {name: getattr(struct, name) for name in struct.__struct_fields__}
    return {name: str(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _plain(value: object) -> object:
    """Encode what a strategy may have put into a tag: numpy's numbers, anything else as its text."""
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)


def _version() -> str:
    try:
        return version("tidegate")
    except PackageNotFoundError:
        return "unknown"
