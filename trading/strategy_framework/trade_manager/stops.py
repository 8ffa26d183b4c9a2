"""Moving a trade's stop, and telling whether a candle reached it."""

import math
from datetime import datetime

from trading.strategy_framework.trade_manager import rules
from trading.strategy_framework.trade_manager.candle import Candle, Exit, ExitKind, exit_for
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trades.trade import Trade

_STOP = exit_for(ExitKind.STOP_LOSS)
_TRAILED = exit_for(ExitKind.TRAILING_STOP_LOSS)
_LIQUIDATION = exit_for(ExitKind.LIQUIDATION)


def adjust_stop(
    desk: Desk,
    trade: Trade,
    now: datetime,
    *,
    rate: float,
    candle: Candle | None = None,
    after_fill: bool = False,
) -> None:
    """Move the stop as the strategy's callback and its trailing settings want it.

    A trailing stop keeps the distance that the callback has just given, if it gave one. Within a
    candle distances are taken from the best price, the one a stop can still follow; after a fill (no
    `candle`) from the fill price `rate`.
    """
    strategy = desk.strategy
    if not trade.stop_loss:
        trade.adjust_stop_loss(trade.open_rate, strategy.stoploss, initial=True)
    custom, trailing = strategy.use_custom_stoploss, strategy.trailing_stop
    if not (custom or trailing):
        return
    low, high = (rate, rate) if candle is None else (candle.low or rate, candle.high or rate)
    if not rules.stop_may_move(trade.stop_loss, low, high, trade.is_short):
        return
    best = low if trade.is_short else high
    profit = trade.calc_profit_ratio(best)
    distance = strategy.stoploss
    if custom and (wanted := _custom_ratio(desk, trade, now, best, profit, after_fill=after_fill)):
        distance = wanted
        move_stop(trade, best, wanted, allow_refresh=after_fill)
    if trailing:
        ratio = rules.trailing_ratio(
            profit,
            distance,
            math.nan if strategy.trailing_stop_positive is None else strategy.trailing_stop_positive,
            strategy.trailing_stop_positive_offset,
            strategy.trailing_only_offset_is_reached,
        )
        if not math.isnan(ratio):
            move_stop(trade, best, ratio)


def stop_exit(trade: Trade, candle: Candle) -> Exit | None:
    """Return the exit that the candle's range triggers: the stop's, or the liquidation's."""
    low, high = candle.low or candle.open, candle.high or candle.open
    if rules.stop_is_hit(trade.stop_loss, low, high, trade.is_short):
        return _TRAILED if trade.is_stop_loss_trailing else _STOP
    liquidation = trade.liquidation_price
    if liquidation and rules.stop_is_hit(liquidation, low, high, trade.is_short):
        return _LIQUIDATION
    return None


def move_stop(trade: Trade, rate: float, ratio: float, *, allow_refresh: bool = False) -> None:
    """Set the stop `ratio` away from `rate` if that is better for the trade.

    Rounding to the tick is left out where the unrounded stop is no improvement by more than a tick.
    """
    if not allow_refresh and trade.initial_stop_loss_pct is not None:
        wanted = rules.stop_price(rate, ratio, trade.leverage or 1.0, trade.is_short)
        room = trade.price_precision or 0.0
        slack = abs(wanted) * 1e-9
        gain = trade.stop_loss - wanted if trade.is_short else wanted - trade.stop_loss
        if gain + room + slack < 0:
            return
    trade.adjust_stop_loss(rate, ratio, allow_refresh=allow_refresh)


def _custom_ratio(
    desk: Desk, trade: Trade, now: datetime, best: float, profit: float, *, after_fill: bool
) -> float | None:
    """Return the strategy's distance from `best`, nothing where it gives none."""
    if not desk.callbacks.handles("custom_stoploss"):
        return desk.strategy.stoploss
    ratio = desk.callbacks.ask_number(
        "custom_stoploss",
        default=None,
        pair=trade.pair,
        trade=trade,
        current_time=now,
        current_rate=best,
        current_profit=profit,
        after_fill=after_fill,
    )
    return None if ratio is None or not math.isfinite(ratio) else ratio
