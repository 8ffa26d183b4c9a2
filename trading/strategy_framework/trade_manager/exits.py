"""Which exits a candle gives a trade, in the order in which they are tried.

Signal or the strategy's own reason, then the stop or the liquidation, then the minimal return, then
a stop that has trailed.
"""

import math
from datetime import datetime

import structlog

from trading.strategy_framework.trade_manager.candle import Candle, Exit, ExitKind, exit_for
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.stops import adjust_stop, stop_exit
from trading.strategy_framework.trades.trade import Trade

_log = structlog.get_logger(__name__)

REASON_LENGTH_MAX = 255
_ROI = exit_for(ExitKind.ROI)
_SIGNAL = exit_for(ExitKind.EXIT_SIGNAL)


def exits_of(desk: Desk, trade: Trade, candle: Candle) -> list[Exit]:
    """Move the stop along and return what the candle wants the trade to leave for."""
    stop, is_reached = _triggers(desk, trade, candle)
    return _in_order(_opening_exit(desk, trade, candle), stop, is_reached=is_reached)


def range_exits(desk: Desk, trade: Trade, candle: Candle) -> list[Exit]:
    """Return what the candle's range alone asks for: `exits_of` without signal and strategy."""
    stop, is_reached = _triggers(desk, trade, candle)
    return _in_order(None, stop, is_reached=is_reached)


def opening_exits(desk: Desk, trade: Trade, candle: Candle) -> list[Exit]:
    """Return what is known at the candle's open: an exit signal, or the strategy's own reason."""
    return _in_order(_opening_exit(desk, trade, candle), None, is_reached=False)


def wanted_return(desk: Desk, trade: Trade, now: datetime, held_minutes: int) -> tuple[int, float] | None:
    """Return the key (minutes) and ratio of the minimal return in force, None where there is none.

    The strategy's own answer counts if it is lower than the table's; its key is `held_minutes`.
    """
    own = math.nan
    if desk.strategy.use_custom_roi and desk.callbacks.handles("custom_roi"):
        answer = desk.callbacks.ask_number(
            "custom_roi",
            default=None,
            pair=trade.pair,
            trade=trade,
            current_time=now,
            trade_duration=held_minutes,
            entry_tag=trade.enter_tag,
            side=trade.trade_direction,
        )
        own = math.nan if answer is None or math.isinf(answer) else answer
    reached = None
    for minutes, ratio in desk.strategy.minimal_roi.items():
        if minutes <= held_minutes and (reached is None or minutes > reached[0]):
            reached = (minutes, ratio)
    if not math.isnan(own) and (reached is None or own < reached[1]):
        return held_minutes, own
    return reached


def held_minutes(trade: Trade, now: datetime) -> int:
    """Return the whole minutes since the trade's first order."""
    return int((now - trade.open_date_utc).total_seconds() // 60)


def _triggers(desk: Desk, trade: Trade, candle: Candle) -> tuple[Exit | None, bool]:
    """Return the stop that the candle reached, and whether it reached the minimal return."""
    trade.adjust_min_max_rates(candle.high or candle.open, candle.low or candle.open)
    adjust_stop(desk, trade, candle.time, rate=candle.open, candle=candle)
    stop = stop_exit(trade, candle)
    enters, _ = _signals(trade, candle)
    is_off = enters and desk.strategy.ignore_roi_if_entry_signal
    return stop, not is_off and _reaches_return(desk, trade, candle)


def _in_order(signal: Exit | None, stop: Exit | None, *, is_reached: bool) -> list[Exit]:
    if stop is None and not is_reached:
        return [] if signal is None else [signal]
    trailed = stop is not None and stop.kind is ExitKind.TRAILING_STOP_LOSS
    ordered = (signal, None if trailed else stop, _ROI if is_reached else None, stop if trailed else None)
    return [each for each in ordered if each is not None]


def _signals(trade: Trade, candle: Candle) -> tuple[bool, bool]:
    """Tell whether the candle's signals enter the trade's direction, and whether they leave it."""
    if trade.is_short:
        return bool(candle.enter_short), bool(candle.exit_short)
    return bool(candle.enter_long), bool(candle.exit_long)


def _reaches_return(desk: Desk, trade: Trade, candle: Candle) -> bool:
    wanted = wanted_return(desk, trade, candle.time, held_minutes(trade, candle.time))
    if wanted is None:
        return False
    best = (candle.low if trade.is_short else candle.high) or candle.open
    return trade.calc_profit_ratio(best) > wanted[1]


def _opening_exit(desk: Desk, trade: Trade, candle: Candle) -> Exit | None:
    """Return the signal's exit, or else the one that the strategy has a reason of its own for."""
    strategy = desk.strategy
    if not strategy.use_exit_signal:
        return None
    enters, leaves = _signals(trade, candle)
    if leaves and not enters:
        if strategy.exit_profit_only and trade.calc_profit_ratio(candle.open) <= strategy.exit_profit_offset:
            return None
        return _SIGNAL
    if not desk.callbacks.handles("custom_exit"):
        return None
    reason = desk.callbacks.ask(
        "custom_exit",
        default=False,
        pair=trade.pair,
        trade=trade,
        current_time=candle.time,
        current_rate=candle.open,
        current_profit=trade.calc_profit_ratio(candle.open),
    )
    if not reason:
        return None
    if isinstance(reason, str) and len(reason) > REASON_LENGTH_MAX:
        _log.warning("exit_reason_cut", reason=reason, length_max=REASON_LENGTH_MAX)
    return exit_for(ExitKind.CUSTOM_EXIT, reason[:REASON_LENGTH_MAX] if isinstance(reason, str) else "")
