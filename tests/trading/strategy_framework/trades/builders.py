"""Trades and orders for tests, with defaults; prices in USDT."""

from datetime import UTC, datetime, timedelta
from typing import Any

from trading.strategy_framework.trades import Order, Trade

OPENED = datetime(2024, 3, 1, tzinfo=UTC)


def a_trade(**fields: Any) -> Trade:
    defaults: dict[str, Any] = {
        "id": 1,
        "pair": "BTC/USDT",
        "open_rate": 100.0,
        "open_date": OPENED,
        "amount": 0,
        "fee_open": 0.001,
        "fee_close": 0.001,
    }
    return Trade(**(defaults | fields))


def an_order(
    trade: Trade, side: str, amount: float, price: float, *, minutes: int = 0, **fields: Any
) -> Order:
    at = OPENED + timedelta(minutes=minutes)
    number = len(trade.orders) + 1
    order = Order(
        trade=trade,
        id=number,
        ft_trade_id=trade.id,
        order_id=str(number),
        ft_pair=trade.pair,
        ft_order_side=side,
        side=side,
        ft_is_open=True,
        status="open",
        order_date=at,
        ft_price=price,
        price=price,
        average=price,
        amount=amount,
        filled=0.0,
        remaining=amount,
        **fields,
    )
    trade.orders.append(order)
    return order


def an_open_trade(*, amount: float = 2.0, price: float = 100.0, **fields: Any) -> Trade:
    trade = a_trade(open_rate=price, **fields)
    trade.adjust_stop_loss(price, -0.1, initial=True)
    an_order(trade, trade.entry_side, amount, price).close_bt_order(OPENED, trade)
    trade.recalc_trade_from_orders()
    return trade


def a_closed_trade(*, minutes: int, profit: float = -0.05, **fields: Any) -> Trade:
    defaults: dict[str, Any] = {
        "is_open": False,
        "close_date": OPENED + timedelta(minutes=minutes),
        "close_profit": profit,
        "close_profit_abs": profit * 100,
        "exit_reason": "stop_loss",
    }
    return a_trade(**(defaults | fields))
