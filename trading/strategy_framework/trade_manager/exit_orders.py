"""From a reason to leave to an order in the book: at which rate, and whether the strategy agrees."""

import math
from datetime import datetime

from trading.strategy_framework.trade_manager import rules
from trading.strategy_framework.trade_manager.candle import Candle, Exit, ExitKind
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.exits import held_minutes, wanted_return
from trading.strategy_framework.trade_manager.open_orders import keeps_similar_order, waiting_order
from trading.strategy_framework.trades.trade import Trade

_PRICED_BY_STRATEGY = (ExitKind.EXIT_SIGNAL, ExitKind.CUSTOM_EXIT, ExitKind.PARTIAL_EXIT)
_STOPS = (ExitKind.STOP_LOSS, ExitKind.TRAILING_STOP_LOSS, ExitKind.LIQUIDATION)
_UNCONFIRMED = (ExitKind.LIQUIDATION, ExitKind.PARTIAL_EXIT)


def leave(
    desk: Desk, trade: Trade, exit_: Exit, now: datetime, candle: Candle, amount: float | None = None
) -> bool:
    """Place an exit order for `amount` (all by default); tell whether a new one was placed."""
    trade.close_date = now
    rate = exit_rate(desk, trade, exit_, now, candle)
    if math.isnan(rate):
        return False
    reason = exit_.reason
    if exit_.kind is ExitKind.EXIT_SIGNAL and isinstance(candle.exit_tag, str) and candle.exit_tag:
        reason = candle.exit_tag
    if exit_.kind in _PRICED_BY_STRATEGY and desk.strategy.order_types["exit"] == "limit":
        rate = _limit_rate(desk, trade, reason, rate, now, candle)
    wanted = trade.amount if amount is None else amount
    if exit_.kind not in _UNCONFIRMED and not _is_confirmed(desk, trade, reason, rate, wanted, now):
        return False
    trade.exit_reason = reason
    return place_exit(desk, trade, candle, rate=rate, amount=wanted, reason=reason)


def place_exit(
    desk: Desk, trade: Trade, candle: Candle, *, rate: float, amount: float, reason: str | None
) -> bool:
    """Place an exit order in whole steps; tell whether it is new, not equal to one that is open."""
    desk.claim_order_id()
    market = desk.markets[trade.pair]
    price = market.price_to_precision(rate, tick=trade.price_precision)
    size = market.amount_to_precision(amount or trade.amount)
    if keeps_similar_order(desk, trade, price, size, trade.exit_side):
        return False
    order = waiting_order(desk, trade, is_entry=False, price=price, amount=size, now=candle.time, tag=reason)
    trade.orders.append(order)
    return True


def exit_rate(desk: Desk, trade: Trade, exit_: Exit, now: datetime, candle: Candle) -> float:
    """Return where an exit fills before the strategy is asked, NaN where this candle can't fill it."""
    if exit_.kind in _STOPS:
        return _stop_rate(desk, trade, exit_.kind, candle, held_minutes(trade, now))
    if exit_.kind is ExitKind.ROI:
        return _return_rate(desk, trade, now, candle)
    return candle.open


def _stop_rate(desk: Desk, trade: Trade, kind: ExitKind, candle: Candle, held: int) -> float:
    stop, short, strategy = trade.stop_loss, trade.is_short, desk.strategy
    if kind is ExitKind.LIQUIDATION and trade.liquidation_price:
        stop = trade.liquidation_price
    if rules.is_gapped(stop, candle.low, candle.high, short):
        return candle.open
    if kind is not ExitKind.TRAILING_STOP_LOSS or held:
        return stop
    armed_at = armed_ratio = math.nan
    if (
        strategy.trailing_stop
        and not strategy.use_custom_stoploss
        and strategy.trailing_only_offset_is_reached
        and strategy.trailing_stop_positive
        and strategy.trailing_stop_positive_offset is not None
    ):
        armed_at, armed_ratio = strategy.trailing_stop_positive_offset, strategy.trailing_stop_positive
    return rules.trailing_entry_candle_rate(
        candle.open,
        candle.low,
        candle.high,
        trade.leverage or 1.0,
        trade.stop_loss_pct or 0.0,
        armed_at,
        armed_ratio,
        short,
    )


def _return_rate(desk: Desk, trade: Trade, now: datetime, candle: Candle) -> float:
    held = held_minutes(trade, now)
    wanted = wanted_return(desk, trade, now, held)
    if wanted is None:
        return candle.open
    key, ratio = wanted
    return rules.roi_exit_rate(
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        trade.calc_close_rate_for_roi(ratio),
        ratio,
        key,
        held,
        desk.timeframe_minutes,
        trade.open_rate,
        trade.is_short,
    )


def _limit_rate(desk: Desk, trade: Trade, reason: str, rate: float, now: datetime, candle: Candle) -> float:
    """Return the strategy's price, not beyond the candle's worst: there an order would fill at once."""
    if desk.callbacks.handles("custom_exit_price"):
        wanted = desk.callbacks.ask_number(
            "custom_exit_price",
            default=rate,
            pair=trade.pair,
            trade=trade,
            current_time=now,
            proposed_rate=rate,
            current_profit=trade.calc_profit_ratio(rate),
            exit_tag=reason,
        )
        if wanted is not None and wanted != rate:
            rate = wanted
    return min(rate, candle.high) if trade.is_short else max(rate, candle.low)


def _is_confirmed(desk: Desk, trade: Trade, reason: str, rate: float, amount: float, now: datetime) -> bool:
    if not desk.callbacks.handles("confirm_trade_exit"):
        return True
    return bool(
        desk.callbacks.ask(
            "confirm_trade_exit",
            default=True,
            pair=trade.pair,
            trade=trade,
            order_type=desk.strategy.order_types["exit"],
            amount=amount,
            rate=rate,
            time_in_force=desk.strategy.order_time_in_force["exit"],
            sell_reason=reason,
            exit_reason=reason,
            current_time=now,
        )
    )
