"""A trade: its fills and its end, under freqtrade's names for fields and methods."""

from math import isclose
from typing import Any

from trading.strategy_framework.trades import book
from trading.strategy_framework.trades.arithmetic.rounding import amount_to_contract_precision
from trading.strategy_framework.trades.custom_data import CustomDatum
from trading.strategy_framework.trades.order import DATE_FORMAT, Order
from trading.strategy_framework.trades.trade_fills import TradeFills
from trading.strategy_framework.trades.trade_json import trade_json
from trading.strategy_framework.trades.trade_queries import FieldsAsColumns, TradeQueries

AMOUNT_TOLERANCE = 1e-14


def _short(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Trade(TradeFills, TradeQueries, metaclass=FieldsAsColumns):
    """One position in one pair, from its first order to its last exit.

    Built from keywords, the fields of `TradeFields`. A deep copy is cheap and belongs to nobody:
    changing it changes no account.
    """

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        self.recalc_open_trade_value()

    def __repr__(self) -> str:
        since = f"{self.open_date_utc:{DATE_FORMAT}}" if self.is_open else "closed"
        return (
            f"Trade(id={self.id}, pair={self.pair}, amount={_short(self.amount, 8)}, "
            f"is_short={self.is_short or False}, leverage={_short(self.leverage or 1.0, 1)}, "
            f"open_rate={_short(self.open_rate, 8)}, open_since={since})"
        )

    def to_json(self, minified: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 (freqtrade's)
        """Return the trade as freqtrade's JSON; `minified` shortens the orders."""
        return trade_json(self, minified=minified)

    def close(self, rate: float, *, show_msg: bool = True) -> None:  # noqa: ARG002 (freqtrade's)
        """End the trade at `rate` and set its final profit."""
        self.close_rate = rate
        self.close_date = self.close_date or self._last_filled() or book.current().now()
        self.is_open = False
        self.exit_order_status = "closed"
        self.recalc_trade_from_orders(is_closing=True)

    def update_trade(self, order: Order, recalculating: bool = False) -> None:  # noqa: FBT001, FBT002
        """Take over an order that ended on the exchange; one that fills the position closes the trade.

        Raises:
            ValueError: the order is neither an entry, an exit nor a stop.
        """
        if order.status == "open" or order.safe_price is None:
            return
        if order.ft_order_side != "stoploss" and order.funding_fee is None:
            order.funding_fee = self.funding_fee_running if self.funding_fee_running is not None else 0.0
            self.funding_fee_running = 0.0
        if order.ft_order_side == self.entry_side:
            self.open_rate = order.safe_price
            self.amount = order.safe_amount_after_fee
            self.recalc_trade_from_orders()
            return
        if order.ft_order_side == "stoploss":
            self.close_rate_requested = self.stop_loss
            self.exit_reason = "stoploss_on_exchange"
        elif order.ft_order_side != self.exit_side:
            raise ValueError(
                f"trade {self.id}: unknown order side {order.ft_order_side!r} of type {order.order_type}"
            )
        held = amount_to_contract_precision(self.amount, self.amount_precision, self.contract_size)
        sold = order.safe_amount_after_fee
        if isclose(sold, held, abs_tol=AMOUNT_TOLERANCE) or (not recalculating and sold > held):
            self.close(order.safe_price)
        else:
            self.recalc_trade_from_orders()

    def update_fee(
        self, fee_cost: float, fee_currency: str | None, fee_rate: float | None, side: str
    ) -> None:
        """Take over the fee really paid on a side; only the first for each side counts."""
        if side == self.entry_side and self.fee_open_currency is None:
            self.fee_open_cost = fee_cost
            self.fee_open_currency = fee_currency
            if fee_rate is not None:
                self.fee_open = self.fee_close = fee_rate
        elif side == self.exit_side and self.fee_close_currency is None:
            self.fee_close_cost = fee_cost
            self.fee_close_currency = fee_currency
            if fee_rate is not None:
                self.fee_close = fee_rate

    def fee_updated(self, side: str) -> bool:
        """Return whether the fee of a side is known."""
        if side == self.entry_side:
            return self.fee_open_currency is not None
        return side == self.exit_side and self.fee_close_currency is not None

    def set_custom_data(self, key: str, value: Any) -> None:
        """Note a value that JSON can hold."""
        books = book.current()
        books.custom_data.put(self.id, key, value, books.now())

    def get_custom_data(self, key: str, default: Any = None) -> Any:
        """Return a noted value."""
        found = book.current().custom_data.of(self.id, key)
        return found[0].value if found else default

    def get_custom_data_entry(self, key: str) -> CustomDatum | None:
        """Return a noted value with its key and times."""
        return next(iter(book.current().custom_data.of(self.id, key)), None)

    def get_all_custom_data(self) -> list[CustomDatum]:
        """Return all noted values."""
        return book.current().custom_data.of(self.id)

    def delete_custom_data(self, key: str | None = None) -> None:
        """Forget one noted value, or all."""
        book.current().custom_data.drop(self.id, key)
