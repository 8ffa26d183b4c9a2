"""From candles to a frame with indicators and signals: the way each strategy is run, here and in paper.

The order is freqtrade's: the `@informative` methods by name, `populate_indicators`,
`populate_entry_trend`, `populate_exit_trend`; old columns are renamed after the two last.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from trading.strategy_framework.errors import StrategyError, StrategyFailed
from trading.strategy_framework.interface.informative import merge_informatives
from trading.strategy_framework.interface.legacy import rename_entry_columns, rename_exit_columns
from trading.strategy_framework.interface.strategy import IStrategy

ENTRY_COLUMNS = ("enter_long", "enter_short")
EXIT_COLUMNS = ("exit_long", "exit_short")
SIGNAL_COLUMNS = (*ENTRY_COLUMNS, *EXIT_COLUMNS)
TAG_COLUMNS = ("enter_tag", "exit_tag")


def analyze(strategy: IStrategy, candles: pd.DataFrame, metadata: Mapping[str, Any]) -> pd.DataFrame:
    """Return the candles with indicators and signals; the given frame is not changed.

    `metadata["pair"]` is the symbol.

    Raises:
        StrategyFailed: a method raised, returned no frame, or changed the candles.
    """
    return add_signals(strategy, add_indicators(strategy, candles, metadata), metadata)


def add_indicators(strategy: IStrategy, candles: pd.DataFrame, metadata: Mapping[str, Any]) -> pd.DataFrame:
    """Return a copy of the candles with informative columns and indicators.

    Raises:
        StrategyFailed: as for `analyze`.
    """
    about, last = dict(metadata), LastCandle.of(candles)
    try:
        frame = merge_informatives(strategy, candles.copy(), about)
    except Exception as error:  # a user's code may raise anything
        raise _failure(strategy, "@informative", about, error) from error
    frame = _call(strategy, "populate_indicators", frame, about)
    last.check(strategy, "populate_indicators", frame, about)
    return frame.copy()


def add_signals(strategy: IStrategy, frame: pd.DataFrame, metadata: Mapping[str, Any]) -> pd.DataFrame:
    """Return the frame with the strategy's signal columns under present names; tags begin as "".

    Raises:
        StrategyFailed: as for `analyze`.
    """
    about, last = dict(metadata), LastCandle.of(frame)
    frame.loc[:, "enter_tag"] = ""
    entered = rename_entry_columns(_call(strategy, "populate_entry_trend", frame, about))
    last.check(strategy, "populate_entry_trend", entered, about)
    entered.loc[:, "exit_tag"] = ""
    exited = rename_exit_columns(_call(strategy, "populate_exit_trend", entered, about))
    last.check(strategy, "populate_exit_trend", exited, about)
    return exited


@dataclass(frozen=True)
class LastCandle:
    """What a frame must still be about after a strategy has had it."""

    rows: int
    date: Any
    close: Any

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "LastCandle":
        """Take note of the frame's length and last candle."""
        if frame.empty:
            return cls(rows=0, date=None, close=None)
        return cls(rows=len(frame), date=frame["date"].iloc[-1], close=frame["close"].iloc[-1])

    def check(
        self, strategy: IStrategy, method: str, frame: pd.DataFrame, metadata: Mapping[str, Any]
    ) -> None:
        """Check that the frame is still about the same candles, unless the strategy turns checks off.

        Raises:
            StrategyFailed: another number of rows, or another last date or close.
        """
        if strategy.disable_dataframe_checks:
            return
        whose = f"{method} of {strategy.get_strategy_name()} on {metadata.get('pair')}"
        if len(frame) != self.rows:
            raise StrategyFailed(
                f"{whose}: the dataframe came back with {len(frame)} rows instead of {self.rows}; "
                "keep every candle, with NaN where an indicator has no value"
            )
        missing = [column for column in ("date", "close") if column not in frame]
        if missing:
            raise StrategyFailed(f"{whose}: the dataframe came back without {', '.join(missing)}")
        if self.rows and (frame["date"].iloc[-1] != self.date or frame["close"].iloc[-1] != self.close):
            raise StrategyFailed(
                f"{whose}: the dataframe came back with another last candle: don't change date or close"
            )


def _call(strategy: IStrategy, method: str, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
    try:
        answer = getattr(strategy, method)(frame, metadata)
    except Exception as error:  # a user's code may raise anything
        raise _failure(strategy, method, metadata, error) from error
    if not isinstance(answer, pd.DataFrame):
        raise StrategyFailed(
            f"{method} of {strategy.get_strategy_name()} on {metadata.get('pair')} "
            f"must return the dataframe; it returned {type(answer).__name__}"
        )
    return answer


def _failure(
    strategy: IStrategy, method: str, metadata: Mapping[str, Any], error: Exception
) -> StrategyFailed:
    """Say which method raised what, on which pair, and in which line of the strategy's file."""
    what = str(error) if isinstance(error, StrategyError) else f"raised {type(error).__name__}: {error}"
    if isinstance(error, KeyError):
        what += " (is that a column of the dataframe?)"
    source = Path(strategy.__file__) if strategy.__file__ else None
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if source is not None and Path(frame.filename) == source.resolve()
    ]
    where = f" ({source.name}, line {lines[-1]})" if source is not None and lines else ""
    return StrategyFailed(
        f"{method} of {strategy.get_strategy_name()} on {metadata.get('pair')} {what}{where}"
    )
