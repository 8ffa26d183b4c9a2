"""Where orders go: a candle that has happened, or a market that is still moving."""

from datetime import datetime
from typing import Protocol

from trading.strategy_framework.trade_manager.candle import Candle
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade


class OrderVenue(Protocol):
    """Takes the orders of one run."""

    def fill(self, order: Order, trade: Trade, now: datetime, candle: Candle) -> bool:
        """Bring an open order as far as the market takes it, and book its fill on order and trade.

        Called again on every later candle while the order is open. Return whether it is filled now;
        a venue that takes an order no further without a fill closes it (`ft_is_open` is False).
        """
        ...


class CandleVenue:
    """Fills an order in full at its price, in the first candle whose range holds that price."""

    def fill(self, order: Order, trade: Trade, now: datetime, candle: Candle) -> bool:
        """Fill the order if the candle reached its price."""
        if not candle.low <= order.ft_price <= candle.high:
            return False
        order.close_bt_order(now, trade)
        return True
