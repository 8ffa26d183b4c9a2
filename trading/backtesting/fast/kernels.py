"""The scan: from one row of a trade to the next at which the trade may end.

A row is judged exactly as the general loop judges a candle, with the same rules. Stops are rounded
to the tick here, exactly. Profits are floats within 1e-13 of the exact ones, so that a comparison
which the 8th decimal decides may be in doubt: the scan then halts before that row and says so.

Everything here is plain Python that a compiler takes as it is: no objects but named tuples, no
arrays but what an index reads (pointers, once compiled), nothing that raises.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from trading.strategy_framework.trade_manager.rules import (
    profit_ratio,
    stop_is_hit,
    stop_may_move,
    stop_price,
    trailing_ratio,
)

SIGNAL, STOP, RETURN, DOUBT, LIQUIDATION = 1, 2, 4, 8, 16
"""What a row holds for a trade, as bits; `DOUBT` stands alone."""

_DOUBTFUL = 2


class ExitRules(NamedTuple):
    """A strategy's settings; `positive` is NaN where there is none."""

    use_signal: bool
    profit_only: bool
    profit_offset: float
    trailing: bool
    stoploss: float
    positive: float
    offset: float
    only_offset: bool
    signal_voids_return: bool


class Position(NamedTuple):
    """What of a trade stays as it is; a price step is `tick_units / tick_scale`, 0 units for none.

    `fee` is that of closing, `funding` what was booked so far, `liquidation` a price or NaN.
    """

    amount: float
    open_value: float
    fee: float
    funding: float
    leverage: float
    liquidation: float
    is_short: bool
    tick_units: float
    tick_scale: float


class Course(NamedTuple):
    """What of a trade moves: its stop, the ratio it came from, whether it ever moved, its extreme rates."""

    stop: float
    stop_ratio: float
    trailed: bool
    rate_max: float
    rate_min: float


class Row(NamedTuple):
    """One candle for a trade: its range, the marks, and the minimal return in force (NaN for none)."""

    low: float
    high: float
    enters: bool
    leaves: bool
    target: float


def round_stop(price: float, tick_units: float, tick_scale: float, is_short: bool) -> float:  # noqa: FBT001
    """Return `price` in whole steps, up for longs and down for shorts; exactly.

    The nearest float to a multiple of the step is a quotient of integers. A price that equals it prints
    as the multiple itself; any other lies on the side that the floats tell.
    """
    if tick_units == 0.0:
        return price
    steps = math.floor(price * tick_scale / tick_units + 0.5)
    near = steps * tick_units / tick_scale
    if is_short:
        return near if near <= price else (steps - 1.0) * tick_units / tick_scale
    return near if near >= price else (steps + 1.0) * tick_units / tick_scale


def compare(profit: float, limit: float) -> int:
    """Return the sign of a profit, rounded to 8 places, less a limit; `_DOUBTFUL` near a half."""
    if profit > limit + 2e-8:
        return 1
    if profit < limit - 2e-8:
        return -1
    scaled = profit * 1e8
    nearest = math.floor(scaled + 0.5)
    if abs(abs(scaled - nearest) - 0.5) < 1e-3:
        return _DOUBTFUL
    rounded = nearest / 1e8
    return 1 if rounded > limit else -1 if rounded < limit else 0


def trailing(settings: ExitRules, beyond: int) -> float:
    """Return the ratio at which the stop trails; `beyond` is the sign of the profit less the offset."""
    return trailing_ratio(
        settings.offset + beyond, settings.stoploss, settings.positive, settings.offset, settings.only_offset
    )


def signal_and_return(row: Row, settings: ExitRules, profit_open: float, profit_best: float) -> int:
    """Return whether the row's mark and its minimal return end the trade."""
    found = 0
    if not (math.isnan(row.target) or (row.enters and settings.signal_voids_return)):
        beyond = compare(profit_best, row.target)
        if beyond == _DOUBTFUL:
            return DOUBT
        if beyond > 0:
            found |= RETURN
    if settings.use_signal and row.leaves and not row.enters:
        beyond = compare(profit_open, settings.profit_offset) if settings.profit_only else 1
        if beyond == _DOUBTFUL:
            return DOUBT
        if beyond > 0:
            found |= SIGNAL
    return found


def judge(
    row: Row, course: Course, settings: ExitRules, position: Position, profit_open: float, profit_best: float
) -> tuple[int, Course]:
    """Return what a row holds for a trade, and the trade's course after it.

    The profits are those at the row's open and at its best price. `DOUBT` leaves the course as it was.
    """
    is_short = position.is_short
    stop, ratio, trailed = course.stop, course.stop_ratio, course.trailed
    if settings.trailing and stop_may_move(stop, row.low, row.high, is_short):
        beyond = compare(profit_best, settings.offset)
        if beyond == _DOUBTFUL:
            return DOUBT, course
        moved_ratio = trailing(settings, beyond)
        if not math.isnan(moved_ratio):
            moved = stop_price(row.low if is_short else row.high, moved_ratio, position.leverage, is_short)
            moved = round_stop(moved, position.tick_units, position.tick_scale, is_short)
            if (moved < stop) if is_short else (moved > stop):
                stop, ratio, trailed = moved, -abs(moved_ratio), True
    found = signal_and_return(row, settings, profit_open, profit_best)
    if found & DOUBT:
        return DOUBT, course
    if stop_is_hit(stop, row.low, row.high, is_short):
        found |= STOP
    if not math.isnan(position.liquidation) and stop_is_hit(
        position.liquidation, row.low, row.high, is_short
    ):
        found |= LIQUIDATION
    return found, Course(stop, ratio, trailed, max(course.rate_max, row.high), min(course.rate_min, row.low))


def scan(  # noqa: PLR0913, PLR0917 - the columns of a candle, and what is to be found in them
    opens: Sequence[float],
    highs: Sequence[float],
    lows: Sequence[float],
    enters: Sequence[int],
    leaves: Sequence[int],
    targets_from: Sequence[int],
    targets: Sequence[float],
    target_count: int,
    first: int,
    last: int,
    course: Course,
    settings: ExitRules,
    position: Position,
) -> tuple[int, int, Course]:
    """Return the first row from `first` on that holds something, what, and the trade's course.

    The course includes that row, unless it is in doubt. `last` is exclusive, and returned with 0 where
    no row holds anything. The minimal return `targets[i]` is in force from row `targets_from[i]` on,
    ascending.
    """
    amount, value, fee, funding = position.amount, position.open_value, position.fee, position.funding
    leverage, is_short = position.leverage, position.is_short
    key = -1
    for index in range(first, last):
        while key + 1 < target_count and targets_from[key + 1] <= index:
            key += 1
        row = Row(
            lows[index],
            highs[index],
            enters[index] != 0,
            leaves[index] != 0,
            targets[key] if key >= 0 else math.nan,
        )
        best = row.low if is_short else row.high
        profit = profit_ratio(amount, best, value, fee, funding, leverage, is_short)
        profit_open = profit
        if settings.profit_only:
            profit_open = profit_ratio(amount, opens[index], value, fee, funding, leverage, is_short)
        found, course = judge(row, course, settings, position, profit_open, profit)
        if found:
            return index, found, course
    return last, 0, course
