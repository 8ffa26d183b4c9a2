"""What follows when an order is filled; whether it is, the desk's venue says."""

from datetime import datetime

from trading.strategy_framework.trade_manager.candle import Candle
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.stops import adjust_stop
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade


def try_fill(desk: Desk, order: Order, trade: Trade, now: datetime, candle: Candle) -> bool:
    """Let the venue fill an open order, with all that follows; tell whether it did."""
    if not desk.venue.fill(order, trade, now, candle):
        return False
    desk.charge_funding(trade, now)
    if desk.callbacks.handles("order_filled"):
        desk.callbacks.ask(
            "order_filled", default=None, pair=trade.pair, trade=trade, order=order, current_time=now
        )
    ends_trade = order.ft_order_side == trade.exit_side and order.safe_amount == trade.amount
    if desk.is_cross_margin or not ends_trade:
        desk.update_liquidation(trade)
    if not ends_trade and desk.stop_follows_fills:
        adjust_stop(desk, trade, now, rate=order.safe_price, after_fill=True)
    return True


def settle_exit(desk: Desk, order: Order, trade: Trade, now: datetime, candle: Candle) -> None:
    """Try to fill an exit order; a filled one closes the trade, or makes it smaller."""
    if not try_fill(desk, order, trade, now, candle):
        return
    if order.safe_amount_after_fee != trade.amount:
        trade.recalc_trade_from_orders()
    else:
        trade.close_date = now
        trade.close(order.safe_price)
        desk.book.close(trade)
    desk.wallet.update()
    desk.protect(trade.pair, now, trade.trade_direction)
