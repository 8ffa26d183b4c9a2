"""One pair's candles for the compiled scan, and a trade's way through them."""

import math
from array import array
from functools import lru_cache
from struct import Struct

import numpy as np

from trading.backtesting.candles.pair import PairCandles
from trading.backtesting.fast import packing
from trading.backtesting.fast.kernels import DOUBT, ExitRules
from trading.backtesting.fast.machine_code import scan_function
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.trades.arithmetic.exact import scaled
from trading.strategy_framework.trades.trade import Trade

_SCALE_MAX = 1e14
"""The general arithmetic rounds stops to 14 decimals at last; finer price steps are left to it."""
_INTEGERS_EXACT_BELOW = 2.0**52
_POSITION, _COURSE = Struct("9d"), Struct("5d")

Course = tuple[float, float, float, float, float]
"""The fields of `kernels.Course` as floats."""


def exit_rules(strategy: IStrategy) -> ExitRules:
    """Return a strategy's settings as the scan reads them."""
    positive = strategy.trailing_stop_positive
    return ExitRules(
        use_signal=bool(strategy.use_exit_signal),
        profit_only=bool(strategy.exit_profit_only),
        profit_offset=float(strategy.exit_profit_offset),
        trailing=bool(strategy.trailing_stop),
        stoploss=float(strategy.stoploss),
        positive=math.nan if positive is None else float(positive),
        offset=float(strategy.trailing_stop_positive_offset),
        only_offset=bool(strategy.trailing_only_offset_is_reached),
        signal_voids_return=bool(strategy.ignore_roi_if_entry_signal),
    )


class ReturnTable:
    """The minimal return, its keys as rows since the entry, ascending."""

    def __init__(self, strategy: IStrategy, row_minutes: int) -> None:
        table = sorted((int(minutes), float(ratio)) for minutes, ratio in strategy.minimal_roi.items())
        self.ratios = array("d", [ratio for _, ratio in table])
        self.ratios_at = self.ratios.buffer_info()[0]
        self._rows_held = [max(-(-minutes // row_minutes), 0) for minutes, _ in table]

    def rows_from(self, entered: int) -> "array[int]":
        """Return from which row on each return is in force, for a trade entered at `entered`."""
        return array("q", [entered + rows for rows in self._rows_held])


class PairScan:
    """Finds the next step at which a trade of one pair needs the trade manager."""

    def __init__(
        self,
        candles: PairCandles,
        timeframe_ns: int,
        settings: ExitRules,
        returns: ReturnTable,
        *,
        funding_ns: int = 0,
    ) -> None:
        self.candles = candles
        self._timeframe_ns, self._funding_ns = timeframe_ns, funding_ns
        self._count = len(candles)
        self._settings, self._returns = settings, returns
        prices = [np.ascontiguousarray(each) for each in (candles.open, candles.high, candles.low)]
        marks = [
            np.ascontiguousarray(each)
            for each in (candles.enter_long, candles.exit_long, candles.enter_short, candles.exit_short)
        ]
        self._kept = (prices, marks)  # Machine code reads them by address.
        self.open, self.high, self.low = (each.data for each in prices)
        at_prices, at_marks = [each.ctypes.data for each in prices], [each.ctypes.data for each in marks]
        self._long, self._short = at_prices + at_marks[:2], at_prices + at_marks[2:]
        has_gaps = bool((np.diff(candles.dates) != timeframe_ns).any())
        self._is_plain = not has_gaps and float(np.min(candles.low, initial=np.inf)) > 0
        self._price_max = float(np.max(candles.high, initial=0.0))
        self._row = array("d", (*map(float, settings), *(0.0,) * (packing.LENGTH - len(settings))))
        self._row_at = self._row.buffer_info()[0]
        self._scan = scan_function()
        self._targets_from = self._returns.rows_from(0)
        self._is_scanned = self._is_short = False
        self._found = 0
        self._next_row = 0
        self._stops_at = 0
        self._course: Course = (0.0, 0.0, 0.0, 0.0, 0.0)
        self._course_there: Course = self._course

    def begin(self, trade: Trade, entered: int, row: int) -> int | None:
        """Take a trade that has been carried up to `row` (exclusive); return the next row that needs a look.

        None means that no row does. A trade that can't be scanned needs one on every row.
        """
        self._next_row = row
        units, scale = tick_parts(trade.price_precision)
        self._is_scanned = (
            self._is_plain
            and not trade.has_open_orders
            and (not self._settings.trailing or self._takes_steps_of(units, scale))
        )
        if not self._is_scanned:
            return row
        self._is_short = bool(trade.is_short)
        self._targets_from = self._returns.rows_from(entered)
        self._course = (
            trade.stop_loss,
            trade.stop_loss_pct or 0.0,
            float(trade.is_stop_loss_trailing),
            trade.max_rate or trade.open_rate,
            trade.min_rate or trade.open_rate,
        )
        _POSITION.pack_into(
            self._row,
            packing.POSITION * 8,
            trade.amount,
            trade.open_trade_value,
            trade.fee_close or 0.0,
            trade.funding_fees or 0.0,
            trade.leverage,
            trade.liquidation_price or math.nan,
            self._is_short,
            units,
            scale,
        )
        last = self._next_funding(row)
        self._stops_at = self._follow(last)
        self._course_there = self._course_now()
        self._found = int(self._row[packing.FOUND])
        return self._stops_at if self._found or last < self._count else None

    def _next_funding(self, row: int) -> int:
        """Return the first row from `row` on that books funding; the number of rows where none does."""
        if not self._funding_ns or row >= self._count:
            return self._count
        date, step = int(self.candles.dates[row]), self._timeframe_ns
        repeats_after = self._funding_ns // math.gcd(self._funding_ns, step)
        for ahead in range(min(repeats_after, self._count - row)):
            if (date + ahead * step) % self._funding_ns == 0:
                return row + ahead
        return self._count

    def found_at(self, row: int) -> int:
        """Return what the scan found at a row that the trade was carried to; 0 for nothing certain."""
        return self._found if self._is_scanned and row == self._stops_at and self._found != DOUBT else 0

    def carry_to(self, row: int, trade: Trade) -> None:
        """Give the trade the stop and rates that it has before `row`."""
        if self._is_scanned and row > self._next_row:
            self._follow(row)
            self._set(trade, self._course_now(), row)

    def carry_over(self, row: int, trade: Trade) -> None:
        """Give the trade the stop and rates that it has after the row at which the scan stopped.

        Where what that row holds is in doubt, it gets those before it.
        """
        if self._is_scanned and row == self._stops_at:
            self._set(trade, self._course_there, row + 1)

    def _set(self, trade: Trade, course: Course, next_row: int) -> None:
        self._course, self._next_row = course, next_row
        stop, ratio, trailed, rate_max, rate_min = course
        trade.stop_loss, trade.stop_loss_pct, trade.is_stop_loss_trailing = stop, ratio, bool(trailed)
        trade.max_rate, trade.min_rate = rate_max, rate_min

    def _follow(self, last: int) -> int:
        """Scan from the next row, with the course before it, to `last` (exclusive)."""
        _COURSE.pack_into(self._row, packing.COURSE * 8, *self._course)
        return self._scan(
            *(self._short if self._is_short else self._long),
            self._targets_from.buffer_info()[0],
            self._returns.ratios_at,
            self._row_at,
            len(self._targets_from),
            self._next_row,
            last,
        )

    def _course_now(self) -> Course:
        course: Course = _COURSE.unpack_from(self._row, packing.COURSE * 8)
        return course

    def _takes_steps_of(self, units: float, scale: float) -> bool:
        return units == 0.0 or (scale <= _SCALE_MAX and self._price_max * scale * 2 < _INTEGERS_EXACT_BELOW)


@lru_cache(maxsize=256)
def tick_parts(tick: float | None) -> tuple[float, float]:
    """Return a price step as a quotient of two whole floats, 0 / 1 for none."""
    if tick is None:
        return 0.0, 1.0
    units, decimals = scaled(tick)
    while decimals and units % 10 == 0:
        units, decimals = units // 10, decimals - 1
    return float(units), 10.0**decimals
