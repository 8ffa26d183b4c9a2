"""Orders that wait: new ones, timing out, being asked for another price, giving way to a newer one."""

from datetime import datetime, timedelta
from typing import Any

from trading.strategy_framework.trade_manager.candle import Candle
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade


def waiting_order(
    desk: Desk, trade: Trade, *, is_entry: bool, price: float, amount: float, now: datetime, tag: Any
) -> Order:
    """Return an open order for a trade, under the id that the desk claimed last; nobody holds it yet."""
    side = trade.entry_side if is_entry else trade.exit_side
    return Order.of(
        {
            "id": desk.order_id,
            "ft_trade_id": trade.id,
            "ft_is_open": True,
            "ft_pair": trade.pair,
            "order_id": str(desk.order_id),
            "symbol": trade.pair,
            "ft_order_side": side,
            "side": side,
            "order_type": desk.strategy.order_types["entry" if is_entry else "exit"],
            "status": "open",
            "order_date": now,
            "order_update_date": now,
            "ft_price": price,
            "price": price,
            "average": price,
            "amount": amount,
            "filled": 0,
            "remaining": amount,
            "cost": amount * price * (1 + desk.fee),
            "ft_order_tag": tag,
            "trade": trade,
        }
    )


def is_timed_out(desk: Desk, trade: Trade, order: Order, now: datetime) -> bool:
    """Tell whether an order waited too long by the settings, or by the strategy's own judgement."""
    is_exit = order.ft_order_side == trade.exit_side
    minutes = desk.terms.unfilled_exit_minutes if is_exit else desk.terms.unfilled_entry_minutes
    if (
        minutes is not None
        and order.status == "open"
        and order.order_date_utc <= now - timedelta(minutes=minutes)
    ):
        return True
    callback = "check_exit_timeout" if is_exit else "check_entry_timeout"
    if not desk.callbacks.handles(callback):
        return False
    return bool(
        desk.callbacks.ask(
            callback, default=False, pair=trade.pair, trade=trade, order=order, current_time=now
        )
    )


def drop_timed_out(desk: Desk, trade: Trade, order: Order) -> bool:
    """Cancel a timed-out order; tell whether the trade goes with it, as nothing was filled."""
    if order.side == trade.entry_side:
        desk.counts.timed_out_entries += 1
        if trade.nr_of_successful_entries == 0:
            return True
    else:
        desk.counts.timed_out_exits += 1
    trade.orders.remove(order)
    return False


def wanted_rate(desk: Desk, trade: Trade, order: Order, now: datetime, candle: Candle) -> float | None:
    """Ask the strategy for an open order's price; None wants it canceled."""
    if not desk.callbacks.handles("adjust_order_price"):
        return order.ft_price
    rate: float | None = desk.callbacks.ask_number(
        "adjust_order_price",
        default=order.ft_price,
        trade=trade,
        order=order,
        pair=trade.pair,
        current_time=now,
        proposed_rate=candle.open,
        current_order_rate=order.ft_price,
        entry_tag=trade.enter_tag,
        side=trade.trade_direction,
        is_entry=order.side == trade.entry_side,
    )
    return rate


def cancel(desk: Desk, trade: Trade, order: Order) -> None:
    """Take an open order off its trade and count it."""
    trade.orders.remove(order)
    if order.side == trade.entry_side:
        desk.counts.canceled_entries += 1
    else:
        desk.counts.canceled_exits += 1


def keeps_similar_order(desk: Desk, trade: Trade, price: float, amount: float, side: str) -> bool:
    """Tell whether an equal order is open already; if not, cancel all that are open."""
    if not trade.has_open_orders:
        return False
    order = trade.select_order(side, True)  # noqa: FBT003 (freqtrade's signature)
    if order is not None and order.price == price and order.side == side and order.amount == amount:
        return True
    for each in [order for order in trade.orders if order.ft_is_open]:
        cancel(desk, trade, each)
    return False
