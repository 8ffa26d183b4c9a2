"""One pair's candles for the compiled scan, and a trade's way through them."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trading.backtesting.fast import kernels
from trading.backtesting.pair_candles import PairCandles
from trading.strategy_framework.interface import IStrategy
from trading.strategy_framework.trades.exact import scaled
from trading.strategy_framework.trades.trade import Trade

_SCALE_MAX = 1e14
"""The general arithmetic rounds stops to 14 decimals at last; finer price steps are left to it."""
_INTEGERS_EXACT_BELOW = 2.0**52
_NOTHING = (0, 0, kernels.Course(0.0, 0.0, trailed=False, rate_max=0.0, rate_min=0.0))


def exit_rules(strategy: IStrategy) -> kernels.ExitRules:
    """Return a strategy's settings as the scan reads them."""
    positive = strategy.trailing_stop_positive
    return kernels.ExitRules(
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


def returns_table(strategy: IStrategy, row_minutes: int) -> kernels.Returns:
    """Return the minimal return's table, ascending by minutes."""
    table = sorted((int(minutes), float(ratio)) for minutes, ratio in strategy.minimal_roi.items())
    minutes = _frozen(np.array([minutes for minutes, _ in table], dtype=np.int64))
    return kernels.Returns(minutes, _frozen(np.array([ratio for _, ratio in table])), row_minutes)


class PairScan:
    """Finds the next step at which a trade of one pair needs the trade manager."""

    def __init__(
        self,
        candles: PairCandles,
        timeframe_ns: int,
        settings: kernels.ExitRules,
        returns: kernels.Returns,
    ) -> None:
        self._count = len(candles)
        self._settings, self._returns = settings, returns
        prices = tuple(_frozen(values) for values in (candles.open, candles.high, candles.low))
        self._long = kernels.Rows(*prices, _frozen(candles.enter_long), _frozen(candles.exit_long))
        self._short = kernels.Rows(*prices, _frozen(candles.enter_short), _frozen(candles.exit_short))
        has_gaps = bool((np.diff(candles.dates) != timeframe_ns).any())
        self._is_plain = not has_gaps and float(np.min(candles.low, initial=np.inf)) > 0
        self._price_max = float(np.max(candles.high, initial=0.0))
        self._next_row = 0
        self._found = _NOTHING
        self._course: kernels.Course | None = None
        self._position: kernels.Position | None = None

    def begin(self, trade: Trade, entered: int, row: int) -> int | None:
        """Take a trade that the manager has carried over `row`; return the next row that needs it.

        None means that no row does. A trade that can't be scanned needs the manager on every row.
        """
        units, scale = tick_parts(trade.price_precision)
        self._next_row = row + 1
        self._position = None
        if not self._is_plain or trade.has_open_orders:
            return row + 1
        if self._settings.trailing and not self._takes_steps_of(units, scale):
            return row + 1
        self._position = kernels.Position(
            entered,
            trade.amount,
            trade.open_trade_value,
            trade.fee_close or 0.0,
            trade.leverage,
            bool(trade.is_short),
            units,
            scale,
        )
        self._course = kernels.Course(
            float(trade.stop_loss),
            float(trade.stop_loss_pct or 0.0),
            trade.is_stop_loss_trailing,
            float(trade.max_rate or trade.open_rate),
            float(trade.min_rate or trade.open_rate),
        )
        self._found = self._scan(self._count)
        return self._found[0] if self._found[1] else None

    def carry_to(self, row: int, trade: Trade) -> None:
        """Give the trade the stop and rates that it has before the manager sees `row`.

        Where the scan stopped at `row` itself, they may include it: the manager's own look at it then
        changes nothing more.
        """
        if self._position is None or row < self._next_row:
            return
        if row == self._found[0]:
            course, self._next_row = self._found[2], row + 1
        else:
            _, _, course = self._scan(row)
            self._next_row = row
        self._course = course
        trade.stop_loss, trade.stop_loss_pct = course.stop, course.stop_ratio
        trade.is_stop_loss_trailing = course.trailed
        trade.max_rate, trade.min_rate = course.rate_max, course.rate_min

    def _scan(self, last: int) -> tuple[int, int, kernels.Course]:
        position, course = self._position, self._course
        assert position is not None
        assert course is not None
        rows = self._short if position.is_short else self._long
        return kernels.scan(rows, self._next_row, last, course, self._settings, self._returns, position)

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


def _frozen(values: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view: the compiler makes other code for arrays that may be written."""
    view = values.view()
    view.flags.writeable = False
    return view
