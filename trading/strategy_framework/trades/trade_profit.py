"""What a trade is worth and earns, to freqtrade's last digit.

Values with fees are exact decimals rounded once to a float; ratios are float divisions rounded to 8
places. The exit value is linear in the price: its exact factor `amount * (1 -+ fee)` is kept per trade,
because it is asked for on every candle. What is kept is checked against the fields it came from, as
anybody may set those.
"""

from dataclasses import dataclass

from trading.strategy_framework.trades.arithmetic.exact import POW10, as_float, product, scaled, with_fee
from trading.strategy_framework.trades.arithmetic.rounding import round8
from trading.strategy_framework.trades.trade_orders import TradeOrders


@dataclass
class ProfitStruct:
    """A profit in quote currency and as fractions; `total_*` includes what partial exits realised."""

    profit_abs: float
    profit_ratio: float
    total_profit: float
    total_profit_ratio: float


class TradeProfit(TradeOrders):
    """The profits of one trade, at any rate."""

    def _open_value(self, amount: float, rate: float) -> float:
        """Return the entry value of `amount` at `rate`, fees included; the newest one is kept."""
        kept = self._open_kept
        if (
            kept is not None
            and kept[0] == amount
            and kept[1] == rate
            and kept[2] == self.fee_open
            and kept[3] is self.is_short
        ):
            return kept[4]
        exact = with_fee(product(scaled(amount), scaled(rate)), self.fee_open, paid=not self.is_short)
        value = as_float(exact)
        self._open_kept = (amount, rate, self.fee_open, self.is_short, value)
        return value

    def recalc_open_trade_value(self) -> None:
        """Set the entry value, fees included; call after `open_rate`, `amount` or `fee_open` changed."""
        self.open_trade_value = self._open_value(self.amount, self.open_rate)

    def _close_value(self, rate: float) -> float:
        """Return the exit value of the whole amount at `rate`, fees included, funding not."""
        factor = self._close_factor
        fee = self.fee_close or 0.0
        if factor is None or factor[0] != self.amount or factor[1] != fee or factor[2] is not self.is_short:
            integer, decimals = with_fee(scaled(self.amount), fee, paid=self.is_short)
            factor = (self.amount, fee, self.is_short, integer, decimals, POW10[decimals + 8])
            self._close_factor = factor
        if type(rate) is float:
            near = rate * 1e8
            if -1e15 < near < 1e15:
                whole = round(near)
                if whole / 1e8 == rate:
                    return whole * factor[3] / factor[5]
        integer, decimals = scaled(rate)
        return integer * factor[3] / POW10[decimals + factor[4]]

    def calc_close_trade_value(self, rate: float, amount: float | None = None) -> float:
        """Return what selling `amount` (all of it by default) at `rate` brings, fees and funding included."""
        if amount:
            value = product(scaled(amount), scaled(rate))
            close_value = as_float(with_fee(value, self.fee_close or 0.0, paid=self.is_short))
        else:
            close_value = self._close_value(rate)
        if self.trading_mode == "spot":
            return close_value
        funding_fees = self.funding_fees or 0.0
        return close_value - funding_fees if self.is_short else close_value + funding_fees

    def _profit_ratio(self, open_value: float, close_value: float) -> float:
        if self.is_short:
            return round8((1 - (close_value / open_value)) * self.leverage)
        return round8(((close_value / open_value) - 1) * self.leverage)

    def calc_profit_ratio(
        self, rate: float, amount: float | None = None, open_rate: float | None = None
    ) -> float:
        """Return the profit at `rate` as a fraction of the entry value, times the leverage."""
        close_value = self.calc_close_trade_value(rate, amount)
        if amount is None and open_rate is None:
            open_value = self.open_trade_value
        else:
            open_value = self._open_value(amount or self.amount, open_rate or self.open_rate)
        return 0.0 if open_value == 0.0 else self._profit_ratio(open_value, close_value)

    def calc_profit(self, rate: float, amount: float | None = None, open_rate: float | None = None) -> float:
        """Return the profit at `rate` in quote currency."""
        return self.calculate_profit(rate, amount, open_rate).profit_abs

    def calculate_profit(
        self, rate: float, amount: float | None = None, open_rate: float | None = None
    ) -> ProfitStruct:
        """Return the profit at `rate`, fees included; `amount` and `open_rate` together name an entry."""
        close_value = self.calc_close_trade_value(rate, amount)
        if amount is None or open_rate is None:
            open_value = self.open_trade_value
        else:
            open_value = self._open_value(amount, open_rate)
        profit_abs = open_value - close_value if self.is_short else close_value - open_value
        total_profit = profit_abs + self.realized_profit
        total_ratio = 0.0
        if self.max_stake_amount:
            fee_factor = (1 - self.fee_open) if self.is_short else (1 + self.fee_open)
            total_ratio = round(total_profit / (self.max_stake_amount * fee_factor), 8)
        return ProfitStruct(
            profit_abs=round(profit_abs, 8),
            profit_ratio=self._profit_ratio(open_value, close_value) if open_value else 0.0,
            total_profit=round(total_profit, 8),
            total_profit_ratio=total_ratio,
        )

    def calc_close_rate_for_roi(self, target_roi: float) -> float:
        """Return the exit price that gives `target_roi` (a fraction, leverage included)."""
        wanted = float(target_roi) / float(self.leverage or 1.0)
        open_value = self._open_value(self.amount, self.open_rate)
        at_zero = self.calc_close_trade_value(0.0)
        per_unit = self.calc_close_trade_value(1.0) - at_zero
        change = 1.0 + (wanted / (-1.0 if self.is_short else 1.0))
        return (change * open_value - at_zero) / per_unit
