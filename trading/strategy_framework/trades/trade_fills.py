"""A trade's position from its filled orders: average price, stake, and the profit of each exit."""

from trading.strategy_framework.trades.arithmetic.exact import (
    Scaled,
    as_float,
    difference,
    product,
    quotient,
    scaled,
    total,
)
from trading.strategy_framework.trades.arithmetic.rounding import (
    amount_to_contract_precision,
    price_to_precision,
)
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade_stops import TradeStops

_ZERO: Scaled = (0, 0)


class Position:
    """What is held after some fills: exact decimals inside, money that users see as floats.

    An exit takes out the average entry price, so that the average does not move.
    """

    __slots__ = (
        "amount",
        "average",
        "entered_value",
        "exit_profit_abs",
        "funding",
        "funding_since_exit",
        "left_last",
        "max_stake",
        "profit_abs",
        "profit_ratio",
        "stake",
    )

    def __init__(self) -> None:
        self.amount = self.average = self.stake = self.max_stake = _ZERO
        self.left_last = False
        self.entered_value = self.funding = self.funding_since_exit = 0.0
        self.profit_abs = self.profit_ratio = self.exit_profit_abs = 0.0

    def enter(self, amount: Scaled, price: Scaled, value: float) -> None:
        """Add an entry; `value` includes its fees."""
        self.left_last = False
        cost = product(price, amount)
        self.amount = total(self.amount, amount)
        self.stake = total(self.stake, cost)
        self.max_stake = total(self.max_stake, cost)
        if self.amount[0] > 0:
            self.average = quotient(self.stake, self.amount)
        self.entered_value += value

    def leave(self, amount: Scaled) -> None:
        """Take out an exit's amount at the average entry price."""
        self.left_last = True
        self.amount = difference(self.amount, amount)
        self.stake = difference(self.stake, product(self.average, amount))

    def realise(self, profit_abs: float, leverage: float) -> None:
        """Book an exit's profit."""
        self.exit_profit_abs = profit_abs
        self.profit_abs += profit_abs
        if self.entered_value > 0:
            self.profit_ratio = (self.profit_abs / self.entered_value) * leverage
        self.funding_since_exit = 0.0


class TradeFills(TradeStops):
    """Recalculates the trade after each change of its orders."""

    def set_funding_fees(self, funding_fee: float | None) -> None:
        """Take over the funding since the newest fill; None changes nothing."""
        if funding_fee is None:
            return
        self.funding_fee_running = funding_fee
        self.funding_fees = (
            sum([order.funding_fee for order in self.orders if order.funding_fee]) + funding_fee
        )

    def _apply(self, position: Position, order: Order) -> None:
        funding = order.funding_fee or 0.0
        position.funding += funding
        position.funding_since_exit += funding
        rate, filled = order.safe_price, order.safe_amount_after_fee
        amount = scaled(filled)
        if order.ft_order_side == self.entry_side:
            position.enter(amount, scaled(rate), self._open_value(filled, rate))
            return
        position.leave(amount)
        self.funding_fees = position.funding_since_exit
        profit = self.calculate_profit(rate, filled, as_float(position.average))
        position.realise(profit.profit_abs, self.leverage)

    def recalc_trade_from_orders(self, *, is_closing: bool = False) -> None:
        """Set amount, stake, average price, profits and funding from the filled orders.

        `is_closing` keeps the position's last state and sets the final profit.
        """
        self.funding_fees = 0.0
        position = Position()
        for order in self.orders:
            if not order.ft_is_open and order.filled:
                self._apply(position, order)
        self.funding_fees = position.funding
        self.max_stake_amount = as_float(position.max_stake) / (self.leverage or 1.0)
        if position.profit_ratio:
            self.close_profit = position.profit_ratio
            self.realized_profit = position.profit_abs
            self.close_profit_abs = position.exit_profit_abs
        amount = amount_to_contract_precision(
            as_float(position.amount), self.amount_precision, self.contract_size
        )
        if amount > 0.0:
            self._hold(position, amount)
        elif is_closing and position.entered_value > 0:
            self.close_profit = (position.profit_abs / position.entered_value) * self.leverage
            self.close_profit_abs = position.profit_abs

    def _hold(self, position: Position, amount: float) -> None:
        # After an exit the 18 decimals of the average make a new division differ from it.
        average = quotient(position.stake, position.amount) if position.left_last else position.average
        self.open_rate = price_to_precision(as_float(average), self.price_precision)
        self.amount = amount
        self.stake_amount = as_float(position.stake) / (self.leverage or 1.0)
        self.fee_open_cost = self.fee_open * float(self.max_stake_amount or 0.0)
        self.recalc_open_trade_value()
        if self.stop_loss_pct is not None:
            self.adjust_stop_loss(self.open_rate, self.stop_loss_pct)
