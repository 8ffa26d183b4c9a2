"""From a strategy's columns to a decision at a candle's close: the code that live and backtest share.

Stop and minimal return are judged at the close, like the strategy's own signals; the fill comes
after it (at the next open in a backtest, at the market when live). The order of the exits is
freqtrade's: exit signal, stop, return.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
import pandas as pd

from trading.strategy_framework import analysis
from trading.strategy_framework.analysis import SIGNAL_COLUMNS
from trading.strategy_framework.interface import IStrategy


class Action(StrEnum):
    """What to do after a candle."""

    HOLD = "hold"
    ENTER = "enter"
    EXIT = "exit"


class Decision(msgspec.Struct, frozen=True):
    """An action and its reason: `exit_signal`, `stop_loss`, `roi`, or the strategy's tag."""

    action: Action
    reason: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The signals of one closed candle."""

    close: float
    enter_long: bool
    exit_long: bool
    enter_tag: str = ""
    exit_tag: str = ""


class OpenPosition(msgspec.Struct, frozen=True, kw_only=True):
    """What the exit rules need: the average entry price, and how long it has been held."""

    entry_price: float
    held_minutes: float


HOLD = Decision(Action.HOLD)


def analyze(strategy: IStrategy, candles: pd.DataFrame, pair: str) -> pd.DataFrame:
    """Return the analysed candles with every signal and tag column, 0 and "" where none is set.

    Raises:
        StrategyFailed: a method raised, returned no frame, or changed the candles.
    """
    frame = analysis.analyze(strategy, candles, {"pair": pair})
    missing = {name: 0 for name in SIGNAL_COLUMNS if name not in frame}
    return frame.assign(**missing)


def signal_row(values: Mapping[Any, Any]) -> Row:
    """Read one analysed candle. Only the value 1 is a signal; an entry beside an exit is neither."""
    enter, leave = values["enter_long"] == 1, values["exit_long"] == 1
    return Row(
        close=float(values["close"]),
        enter_long=bool(enter and not leave and values["enter_short"] != 1),
        exit_long=bool(leave and not enter),
        enter_tag=_text(values["enter_tag"]),
        exit_tag=_text(values["exit_tag"]),
    )


def decide(strategy: IStrategy, row: Row, position: OpenPosition | None, *, fee: float) -> Decision:
    """Decide after one closed candle. `fee` is the taker's fraction of the notional, on both sides."""
    if position is None:
        return Decision(Action.ENTER, row.enter_tag or "enter_signal") if row.enter_long else HOLD
    profit = profit_ratio(position.entry_price, row.close, fee=fee)
    if strategy.use_exit_signal and row.exit_long and _may_exit(strategy, profit):
        return Decision(Action.EXIT, row.exit_tag or "exit_signal")
    if row.close <= position.entry_price * (1 + strategy.stoploss):
        return Decision(Action.EXIT, "stop_loss")
    if strategy.ignore_roi_if_entry_signal and row.enter_long:
        return HOLD
    target = roi_at(strategy.minimal_roi, position.held_minutes)
    return Decision(Action.EXIT, "roi") if target is not None and profit > target else HOLD


def profit_ratio(entry_price: float, price: float, *, fee: float) -> float:
    """Return the profit of a long as a fraction of its cost, both fees included."""
    return price * (1 - fee) / (entry_price * (1 + fee)) - 1


def roi_at(minimal_roi: Mapping[str, float], held_minutes: float) -> float | None:
    """Return the wanted profit after `held_minutes`: that of the largest key reached."""
    reached = [
        (int(minutes), ratio) for minutes, ratio in minimal_roi.items() if int(minutes) <= held_minutes
    ]
    return max(reached)[1] if reached else None


def _may_exit(strategy: IStrategy, profit: float) -> bool:
    return not strategy.exit_profit_only or profit > strategy.exit_profit_offset


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
