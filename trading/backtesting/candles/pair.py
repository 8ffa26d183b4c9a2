"""One pair's candles and signals as arrays: what both loops read.

A signal belongs to the candle after the one that gave it: the arrays hold each candle beside the
signals of its predecessor, so that row `i` may be traded on at its open. The first candle of the
range has no predecessor inside it and is dropped.
"""

from typing import Any, Literal

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from trading.backtesting.ports import TimeRange
from trading.strategy_framework.errors import StrategyFailed

_PRICES = ("open", "high", "low", "close")
_SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")

Floats = NDArray[np.float64]
Marks = NDArray[np.int8]
Tags = NDArray[np.object_]
Direction = Literal["long", "short"]


class PairCandles(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Arrays of one length, one entry per candle.

    `dates` are open times in ns UTC, ascending. The signals and tags of row `i` were given by the
    candle before it. A signal is 1 where the column held 1 (or True, 1.0), 2 where it held anything
    else that counts as true, 0 elsewhere: only 1 enters, while an open trade heeds every mark.

    A tag array is None where every tag is the same: it is then `same_enter_tag` or `same_exit_tag`
    (None where the strategy made no tags). `analyzed_offset` is the row of the analysed frame that
    became row 0: while row `i` is traded, a strategy sees the rows before `analyzed_offset + i`.
    """

    pair: str
    dates: NDArray[np.int64]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    enter_long: Marks
    exit_long: Marks
    enter_short: Marks
    exit_short: Marks
    enter_tag: Tags | None = None
    exit_tag: Tags | None = None
    same_enter_tag: str | None = None
    same_exit_tag: str | None = None
    analyzed_offset: int = 1

    def __len__(self) -> int:
        return len(self.dates)

    def enter_tag_at(self, row: int) -> Any:
        """Return the entry tag of a row; usually text or None, but whatever the strategy set."""
        return self.same_enter_tag if self.enter_tag is None else self.enter_tag[row]

    def exit_tag_at(self, row: int) -> Any:
        """Return the exit tag of a row; usually text or None, but whatever the strategy set."""
        return self.same_exit_tag if self.exit_tag is None else self.exit_tag[row]

    def directions(self, *, can_short: bool) -> Marks:
        """Return per row 1 where a long may be entered, -1 for a short, 0 for neither."""
        long = (self.enter_long == 1) & (self.exit_long != 1)
        short = np.zeros_like(long)
        if can_short:
            long &= self.enter_short != 1
            short = (self.enter_short == 1) & (self.exit_short != 1) & (self.enter_long != 1)
        directions: Marks = np.subtract(long, short, dtype=np.int8)
        return directions


def trim(frame: pd.DataFrame, timerange: TimeRange, startup_candles: int) -> pd.DataFrame:
    """Cut the warm-up rows off an analysed frame: by count where there are any, else by start date."""
    if startup_candles:
        frame = frame.iloc[startup_candles:]
    elif timerange.start_s is not None:
        frame = frame.loc[frame["date"] >= pd.Timestamp(timerange.start_s, unit="s", tz="UTC")]
    if timerange.stop_s is not None:
        frame = frame.loc[frame["date"] <= pd.Timestamp(timerange.stop_s, unit="s", tz="UTC")]
    return frame


def pair_candles(pair: str, trimmed: pd.DataFrame, *, rows_before: int = 0) -> PairCandles:
    """Return the arrays of an analysed, trimmed frame; `rows_before` rows were cut off its start.

    Raises:
        StrategyFailed: a price or signal column is there twice.
    """
    for name in ("date", *_PRICES, *_SIGNALS):
        if (trimmed.columns == name).sum() > 1:
            raise StrategyFailed(f"the analysed frame of {pair} has two columns named {name}")
    enter_column, exit_column = _tag_columns(trimmed)
    enter_tag, same_enter_tag = _tags(enter_column)
    exit_tag, same_exit_tag = _tags(exit_column)
    return PairCandles(
        pair=pair,
        dates=dates_ns(trimmed["date"])[1:],
        open=_prices(trimmed["open"]),
        high=_prices(trimmed["high"]),
        low=_prices(trimmed["low"]),
        close=_prices(trimmed["close"]),
        enter_long=_marks(trimmed, "enter_long"),
        exit_long=_marks(trimmed, "exit_long"),
        enter_short=_marks(trimmed, "enter_short"),
        exit_short=_marks(trimmed, "exit_short"),
        enter_tag=enter_tag,
        exit_tag=exit_tag,
        same_enter_tag=same_enter_tag,
        same_exit_tag=same_exit_tag,
        analyzed_offset=rows_before + 1,
    )


def dates_ns(dates: pd.Series) -> NDArray[np.int64]:
    """Return a column of aware dates as ns UTC."""
    moments: NDArray[np.int64] = dates.dt.as_unit("ns").to_numpy(dtype="datetime64[ns]").astype(np.int64)
    return moments


def _prices(column: pd.Series) -> Floats:
    return np.ascontiguousarray(column.to_numpy(dtype=np.float64)[1:])


def _marks(frame: pd.DataFrame, name: str) -> Marks:
    rows = max(len(frame) - 1, 0)
    if name not in frame:
        return np.zeros(rows, dtype=np.int8)
    column = frame[name].iloc[:rows]
    if not (is_numeric_dtype(column) or is_bool_dtype(column)):
        column = column.astype(object)
    if column.dtype.kind == "V":  # pandas makes such a column of `.loc[nowhere, [two, names]] = …`
        return np.zeros(rows, dtype=np.int8)
    ones = column.eq(1).fillna(value=False).to_numpy(dtype=np.bool_)
    given = column.notna().to_numpy() & column.fillna(value=0).astype(bool).to_numpy()
    return np.where(ones, 1, np.where(given, 2, 0)).astype(np.int8)


def _tag_columns(frame: pd.DataFrame) -> "tuple[pd.Series[Any] | None, pd.Series[Any] | None]":
    """Return the columns of entry and exit tags.

    A strategy of version 2 that sets `buy_tag` has two columns of entry tags, the first one empty; as
    in freqtrade, the second is then read as the exit tags.
    """
    columns: list[pd.Series[Any] | None] = []
    for name in ("enter_tag", "exit_tag"):
        table = frame.loc[:, frame.columns == name]
        columns += [table.iloc[:, place] for place in range(table.shape[1])] or [None]
    return columns[0], columns[1]


def _tags(column: "pd.Series[Any] | None") -> tuple[Tags | None, str | None]:
    if column is None or column.empty or column.dtype.kind == "V":
        return None, None
    if column.dtype == object:
        column = column.where(column.notna(), None)
    values = column.to_numpy(dtype=object)[: len(column) - 1]
    first = values[0] if len(values) else None
    if (first is None or isinstance(first, str)) and bool((values == first).all()):
        return None, first
    return values, None
