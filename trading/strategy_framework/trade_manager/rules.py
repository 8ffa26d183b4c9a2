"""The rules for stops, trailing and minimal return, as pure functions of floats.

They hold no state and touch no objects, so that a compiler takes them as they are: a ratio or price
that does not exist is NaN. Ratios are fractions; `leverage` divides them.
Prices come back unrounded: rounding to the tick is decimal work and happens once per decision.

A long's prices are mirrored for a short: its worst price in a candle is the high, its best the low.
"""

# A compiled function takes its arguments by position, truth values too.
# ruff: noqa: FBT001, PLR0913, PLR0917

import math

NO_RATE = math.nan


def stop_price(rate: float, ratio: float, leverage: float, is_short: bool) -> float:
    """Return the stop that lies `ratio` of the stake away from `rate`."""
    distance = abs(ratio / leverage)
    return rate * (1 + distance) if is_short else rate * (1 - distance)


def stop_may_move(stop: float, low: float, high: float, is_short: bool) -> bool:
    """Tell whether the candle left the stop untouched, so that it may still be moved."""
    return stop > high if is_short else stop < low


def stop_is_hit(stop: float, low: float, high: float, is_short: bool) -> bool:
    """Tell whether the candle reached the stop."""
    return stop <= high if is_short else stop >= low


def trailing_ratio(
    profit: float, stoploss: float, positive: float, offset: float, only_offset: bool
) -> float:
    """Return the distance at which the stop trails at `profit`, NaN where it does not move yet.

    `positive` is the distance once the profit is above `offset`, NaN where the strategy has none; with
    `only_offset` nothing moves below the offset.
    """
    if only_offset and profit < offset:
        return math.nan
    if not math.isnan(positive) and profit > offset:
        return positive
    return stoploss


def trailing_entry_candle_rate(
    open_: float,
    low: float,
    high: float,
    leverage: float,
    stop_ratio: float,
    armed_at: float,
    armed_ratio: float,
    is_short: bool,
) -> float:
    """Return where a stop that trailed within the entry candle fills: the worst realistic path.

    The price moves just far enough to arm the stop and turns at once. `armed_at` and `armed_ratio` are
    the offset and the distance of a stop that moves only above its offset, NaN for any other; then the
    price only ticks past the open, and `stop_ratio` is the distance.
    """
    side = -1 if is_short else 1
    if math.isnan(armed_at):
        rate = open_ * (1 - side * abs(stop_ratio / leverage))
    else:
        rate = open_ * (1 + side * abs(armed_at) - side * abs(armed_ratio / leverage))
    return min(high, rate) if is_short else max(low, rate)


def is_gapped(stop: float, low: float, high: float, is_short: bool) -> bool:
    """Tell whether the whole candle lies beyond the stop, so that it fills at the open."""
    return stop < low if is_short else stop > high


def roi_exit_rate(
    open_: float,
    high: float,
    low: float,
    close: float,
    target: float,
    ratio: float,
    key_minutes: int,
    held_minutes: int,
    timeframe_minutes: int,
    open_rate: float,
    is_short: bool,
) -> float:
    """Return the rate at which a reached minimal return fills, NaN where this candle can't fill it.

    `target` is the rate that gives the return `ratio`, `key_minutes` the table's key it came from
    (`held_minutes` for the strategy's own answer).
    """
    on_candle_open = key_minutes % timeframe_minutes == 0
    if ratio == -1 and on_candle_open:
        return open_
    open_is_better = open_ < target if is_short else open_ > target
    if held_minutes > 0 and held_minutes == key_minutes and on_candle_open and open_is_better:
        return open_
    if held_minutes == 0 and _beyond_entry_candle(open_, close, target, open_rate, is_short):
        return NO_RATE
    return min(max(target, low), high)


def _beyond_entry_candle(open_: float, close: float, target: float, open_rate: float, is_short: bool) -> bool:
    """Tell whether a trade that was filled at the wick can't have seen its target afterwards."""
    if is_short:
        return open_ < close and open_rate > open_ and target < close
    return open_ > close and open_rate < open_ and target > close


def profit_ratio(
    amount: float,
    rate: float,
    open_value: float,
    fee: float,
    funding: float,
    leverage: float,
    is_short: bool,
) -> float:
    """Return the profit as a fraction of the stake, unrounded: within 1e-13 of the exact one.

    `open_value` is what the position cost with its fee, `fee` that of closing, `funding` the fees
    gained so far.
    """
    value = amount * rate
    if is_short:
        return (1 - (value + value * fee - funding) / open_value) * leverage
    return ((value - value * fee + funding) / open_value - 1) * leverage
