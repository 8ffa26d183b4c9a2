"""A trade's orders: which are open, which filled, and when."""

from datetime import datetime

from trading.strategy_framework.trades.order import CANCELED_STATES, NON_OPEN_STATES, Order
from trading.strategy_framework.trades.trade_fields import TradeFields


class TradeOrders(TradeFields):
    """Questions about the orders, under freqtrade's names."""

    @property
    def open_orders(self) -> list[Order]:
        """The open orders, stops on the exchange left out."""
        return [order for order in self.orders if order.ft_is_open and order.ft_order_side != "stoploss"]

    @property
    def open_orders_ids(self) -> list[str]:
        """The ids of the open orders, stops on the exchange left out."""
        return [order.order_id for order in self.open_orders]

    @property
    def has_open_orders(self) -> bool:
        """Whether any order is open, stops on the exchange left out."""
        return any(order.ft_is_open and order.ft_order_side != "stoploss" for order in self.orders)

    @property
    def sl_orders(self) -> list[Order]:
        """The stops on the exchange."""
        return [order for order in self.orders if order.ft_order_side == "stoploss"]

    @property
    def open_sl_orders(self) -> list[Order]:
        """The open stops on the exchange."""
        return [order for order in self.sl_orders if order.ft_is_open]

    @property
    def has_open_sl_orders(self) -> bool:
        """Whether a stop is open on the exchange."""
        return bool(self.open_sl_orders)

    @property
    def stoploss_last_update_utc(self) -> datetime | None:
        """When the newest stop was placed on the exchange."""
        return max((order.order_date_utc for order in self.open_sl_orders), default=None)

    def select_order_by_order_id(self, order_id: str) -> Order | None:
        """Return the order with this id."""
        return next((order for order in self.orders if order.order_id == order_id), None)

    def select_order(
        self,
        order_side: str | None = None,
        is_open: bool | None = None,  # noqa: FBT001 (freqtrade's)
        only_filled: bool = False,  # noqa: FBT001, FBT002
    ) -> Order | None:
        """Return the newest order of that side and state; `only_filled` works with `is_open=False`."""
        for order in reversed(self.orders):
            if order_side and order.ft_order_side != order_side:
                continue
            if is_open is not None and order.ft_is_open != is_open:
                continue
            unfilled = not order.filled or order.status not in NON_OPEN_STATES
            if is_open is False and only_filled and unfilled:
                continue
            return order
        return None

    def select_filled_orders(self, order_side: str | None = None) -> list[Order]:
        """Return the ended orders of a side, or of both, that filled at least in part."""
        return [
            order
            for order in self.orders
            if (order_side is None or order.ft_order_side == order_side)
            and order.ft_is_open is False
            and order.filled
            and order.status in NON_OPEN_STATES
        ]

    def select_filled_or_open_orders(self) -> list[Order]:
        """Return all orders but those that ended without a fill."""
        return [
            order
            for order in self.orders
            if (order.ft_is_open is False and (order.filled or 0) > 0 and order.status in NON_OPEN_STATES)
            or (order.ft_is_open is True and order.status is not None)
        ]

    @property
    def nr_of_successful_entries(self) -> int:
        """How many entries were filled."""
        return len(self.select_filled_orders(self.entry_side))

    @property
    def nr_of_successful_exits(self) -> int:
        """How many exits were filled."""
        return len(self.select_filled_orders(self.exit_side))

    @property
    def nr_of_successful_buys(self) -> int:
        """How many buys were filled."""
        return len(self.select_filled_orders("buy"))

    @property
    def nr_of_successful_sells(self) -> int:
        """How many sells were filled."""
        return len(self.select_filled_orders("sell"))

    @property
    def date_last_filled_utc(self) -> datetime:
        """When the newest order was filled; the open date as long as none is."""
        filled = self._last_filled()
        return max(self.open_date_utc, filled) if filled else self.open_date_utc

    @property
    def date_entry_fill_utc(self) -> datetime | None:
        """When the first entry was filled."""
        return min(self._fill_dates(self.entry_side), default=None)

    def _last_filled(self) -> datetime | None:
        return max(self._fill_dates(None), default=None)

    def _fill_dates(self, side: str | None) -> list[datetime]:
        dates = [order.order_filled_utc for order in self.select_filled_orders(side)]
        return [date for date in dates if date]

    @property
    def fully_canceled_entry_order_count(self) -> int:
        """How many entries were cancelled without a fill."""
        return len(
            [
                order
                for order in self.orders
                if order.ft_order_side == self.entry_side
                and order.status in CANCELED_STATES
                and order.filled == 0
            ]
        )

    @property
    def canceled_exit_order_count(self) -> int:
        """How many exits were cancelled."""
        return len(
            [
                order
                for order in self.orders
                if order.ft_order_side == self.exit_side and order.status in CANCELED_STATES
            ]
        )

    def get_canceled_exit_order_count(self) -> int:
        """Return how many exits were cancelled."""
        return self.canceled_exit_order_count
