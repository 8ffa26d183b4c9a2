"""Rows of the candle arrays as the candles that the trade manager steps over."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trading.backtesting.candles.pair import PairCandles, dates_ns
from trading.strategy_framework.trade_manager.candle import Candle, Direction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIRECTIONS: dict[int, Direction | None] = {1: "long", -1: "short", 0: None}


def moment(ns: int) -> datetime:
    """Return a time in ns UTC as an aware datetime (whole µs)."""
    return _EPOCH + timedelta(microseconds=ns // 1_000)


class PairRows:
    """One pair's candles by step of the run; step 0 is the run's second candle.

    Where a pair's dates are not a gapless grid, its next row is taken at each step that has reached
    its date. Prices are read through memory views, which give floats without making arrays of them.
    """

    def __init__(self, candles: PairCandles, start_ns: int, timeframe_ns: int, *, can_short: bool) -> None:
        self.pair = candles.pair
        self.count = len(candles)
        self._candles = candles
        self._dates = candles.dates
        self._open, self._high = candles.open.data, candles.high.data
        self._low, self._close = candles.low.data, candles.close.data
        self._signals = tuple(
            marks.data
            for marks in (candles.enter_long, candles.exit_long, candles.enter_short, candles.exit_short)
        )
        self._direction_array = candles.directions(can_short=can_short)
        self._directions = self._direction_array.data
        self._steps = _steps_of_rows(candles.dates, start_ns, timeframe_ns)
        self.first_step = int(self._steps[0]) if self.count else 0
        self._is_grid = bool((np.diff(self._steps) == 1).all())

    def signal_steps(self) -> NDArray[np.int64]:
        """Return the steps at which the pair may be entered."""
        steps: NDArray[np.int64] = self._steps[self._direction_array != 0]
        return steps

    def row_of(self, step: int) -> int | None:
        """Return the row that is traded at a step, None before the first and after the last."""
        row = step - self.first_step
        if not self._is_grid:
            row = int(np.searchsorted(self._steps, step))
            return row if row < self.count and self._steps[row] == step else None
        return row if 0 <= row < self.count else None

    def has_signal(self, step: int) -> bool:
        """Tell whether the pair may be entered at a step."""
        row = self.row_of(step)
        return row is not None and self._directions[row] != 0

    def direction(self, row: int) -> Direction | None:
        """Return the direction to enter in at a row."""
        return _DIRECTIONS[self._directions[row]]

    def date_ns(self, row: int) -> int:
        """Return a row's open time."""
        return int(self._dates[row])

    def analyzed_rows(self, step: int) -> int | None:
        """Return how many rows of the analysed frame are known at a step; None before the first."""
        row = self.row_of(step)
        if row is None:
            row = int(np.searchsorted(self._steps, step, side="right")) - 1
        return None if row < 0 else self._candles.analyzed_offset + row

    def candle(self, row: int, time: datetime) -> Candle:
        """Return a row as a candle that opened at `time`."""
        enter_long, exit_long, enter_short, exit_short = self._signals
        return Candle(
            time,
            self._open[row],
            self._high[row],
            self._low[row],
            self._close[row],
            enter_long[row],
            exit_long[row],
            enter_short[row],
            exit_short[row],
            self._candles.enter_tag_at(row),
            self._candles.exit_tag_at(row),
        )


class DetailRows:
    """One pair's candles of a smaller timeframe."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._dates = dates_ns(frame["date"])
        self._prices = tuple(
            np.ascontiguousarray(frame[name].to_numpy(dtype=np.float64))
            for name in ("open", "high", "low", "close")
        )

    def candles(self, whole: Candle, date_ns: int, timeframe_ns: int) -> list[Candle]:
        """Return the small candles of a whole one that opened at `date_ns`, with its signals."""
        first, last = np.searchsorted(self._dates, (date_ns, date_ns + timeframe_ns))
        signals = (whole.enter_long, whole.exit_long, whole.enter_short, whole.exit_short)
        columns = (self._dates[first:last], *(prices[first:last] for prices in self._prices))
        return [
            Candle(moment(opened), open_, high, low, close, *signals, whole.enter_tag, whole.exit_tag)
            for opened, open_, high, low, close in zip(*(column.tolist() for column in columns), strict=True)
        ]


def _steps_of_rows(dates: NDArray[np.int64], start_ns: int, timeframe_ns: int) -> NDArray[np.int64]:
    """Return the step of each row: that of its date, but at most one row a step."""
    rows = np.arange(len(dates))
    due = np.maximum(-((start_ns - dates) // timeframe_ns) - 1, 0)
    steps: NDArray[np.int64] = np.maximum.accumulate(due - rows) + rows
    return steps
