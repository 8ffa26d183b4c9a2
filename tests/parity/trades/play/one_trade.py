"""One trade, driven through a list of steps."""

from copy import deepcopy
from typing import Any

from tests.parity.trades.play.seen import Seen, guarded, minute, seen_of


class Play:
    """One trade, driven through a list of steps."""

    def __init__(self, api: Any, scenario: dict[str, Any]) -> None:
        self.api = api
        self.steps = scenario["steps"]
        fields = scenario["trade"]
        self.contract_size = fields["contract_size"]
        self.amount_tick = fields["amount_precision"]
        self.trade = api.trade(**fields, open_date=minute(0))
        self.orders = 0

    def run(self) -> Seen:
        """Return what each step gave, and the trade after it."""
        found: Seen = [seen_of(self.trade)]
        for name, *args in self.steps:
            found.append([name, guarded(getattr(self, name), *args), seen_of(self.trade)])
        found.append(seen_of(deepcopy(self.trade)))
        return found

    def _order(self, side: str, price: float, amount: float, at: float, **more: Any) -> Any:
        self.orders += 1
        fields = {
            "id": self.orders,
            "ft_trade_id": self.trade.id,
            "ft_is_open": True,
            "ft_pair": self.trade.pair,
            "order_id": str(self.orders),
            "symbol": self.trade.pair,
            "ft_order_side": side,
            "side": side,
            "order_type": "limit",
            "status": "open",
            "order_date": minute(at),
            "order_update_date": minute(at),
            "ft_price": price,
            "ft_amount": amount,
            "price": price,
            "average": price,
            "amount": amount,
            "filled": 0,
            "remaining": amount,
            "cost": amount * price * (1 + self.trade.fee_open),
            "ft_order_tag": None,
        }
        order = self.api.order(self.trade, **(fields | more))
        self.trade.orders.append(order)
        return order

    def enter(self, price: float, amount: float, at: float, stoploss: float, filled: bool) -> None:  # noqa: FBT001
        """Place an entry as a backtest does; fill it at once or leave it open."""
        size = self.api.amount_to_contract_precision(amount, self.amount_tick, self.contract_size)
        self.trade.adjust_stop_loss(self.trade.open_rate, stoploss, initial=True)
        order = self._order(self.trade.entry_side, price, size, at, ft_order_tag="tag")
        if filled:
            order.close_bt_order(minute(at), self.trade)
        self.trade.recalc_trade_from_orders()

    def leave(self, price: float, share: float, at: float, filled: bool) -> float:  # noqa: FBT001
        """Sell a share of the stake; all that is left closes the trade."""
        stake = -self.trade.stake_amount * share
        wanted = abs(self.api.product_over(stake, self.trade.amount, self.trade.stake_amount))
        size = self.api.amount_to_contract_precision(wanted, self.amount_tick, self.contract_size)
        if not size:
            return wanted
        order = self._order(self.trade.exit_side, price, size, at, ft_order_tag="part")
        if filled:
            self._fill_exit(order, at)
        return wanted

    def close(self, price: float, at: float, reason: str) -> None:
        """Sell everything at once."""
        self.trade.exit_reason = reason
        order = self._order(self.trade.exit_side, price, self.trade.amount, at, ft_order_tag=reason)
        self._fill_exit(order, at)

    def _fill_exit(self, order: Any, at: float) -> None:
        order.close_bt_order(minute(at), self.trade)
        if order.safe_amount_after_fee != self.trade.amount:
            self.trade.recalc_trade_from_orders()
        else:
            self.trade.close_date = minute(at)
            self.trade.close(order.ft_price, show_msg=False)

    def fill(self, at: float) -> str:
        """Fill the oldest open order."""
        order = next((each for each in self.trade.orders if each.ft_is_open), None)
        if order is None:
            return "none open"
        if order.ft_order_side == self.trade.entry_side:
            order.close_bt_order(minute(at), self.trade)
        else:
            self._fill_exit(order, at)
        return str(order.order_id)

    def cancel(self) -> str:
        """Cancel the newest open order, as an exchange reports it."""
        order = self.trade.select_order(is_open=True)
        if order is None:
            return "none open"
        order.ft_is_open = False
        order.status = "canceled"
        return str(order.order_id)

    def exchange_order(self, side: str, fields: dict[str, Any], at: float) -> None:
        """Take over an order that an exchange reports as ended."""
        more = {"status": "closed", "ft_is_open": False, "order_filled_date": minute(at), "remaining": 0.0}
        sides = {"entry": self.trade.entry_side, "exit": self.trade.exit_side, "stoploss": "stoploss"}
        order = self._order(sides[side], fields["price"], fields["amount"], at, **(more | fields))
        self.trade.update_trade(order)

    def stop(self, price: float, stoploss: float, initial: bool, refresh: bool) -> None:  # noqa: FBT001
        """Move the stop."""
        self.trade.adjust_stop_loss(price, stoploss, initial=initial, allow_refresh=refresh)

    def seen_rates(self, high: float, low: float) -> None:
        """Show the trade a candle's range."""
        self.trade.adjust_min_max_rates(high, low)

    def liquidation(self, price: float) -> None:
        """Set the liquidation price."""
        self.trade.set_liquidation_price(price)

    def funding(self, fees: float) -> None:
        """Charge funding."""
        self.trade.set_funding_fees(fees)

    def fee(self, cost: float, currency: str, rate: float, side: str) -> bool:
        """Report a fee."""
        self.trade.update_fee(cost, currency, rate, side)
        return bool(self.trade.fee_updated(side))

    def profits(self, rate: float, amount: float, open_rate: float, roi: float) -> Seen:
        """Ask for all profits at a rate."""
        trade = self.trade
        found: Seen = []
        for args in ((rate,), (rate, amount), (rate, None, open_rate), (rate, amount, open_rate)):
            profit = guarded(trade.calculate_profit, *args)
            found.append(guarded(trade.calc_profit_ratio, *args))
            found.append(guarded(trade.calc_profit, *args))
            found.append(profit if isinstance(profit, str) else vars(profit))
        found += [trade.calc_close_trade_value(rate), trade.calc_close_trade_value(rate, amount)]
        found.append(guarded(trade.calc_close_rate_for_roi, roi))
        return found

    def select(self) -> Seen:
        """Ask for orders in all ways."""
        trade = self.trade
        sides = (None, "buy", "sell", "stoploss")
        states = (None, True, False)
        chosen = [
            trade.select_order(side, state, filled)
            for side in sides
            for state in states
            for filled in (True, False)
        ]
        lists = [trade.select_filled_orders(side) for side in sides] + [trade.select_filled_or_open_orders()]
        found: Seen = [order and order.order_id for order in chosen]
        return found + [[order.order_id for order in orders] for orders in lists]

    def notes(self, pairs: list[list[Any]]) -> Seen:
        """Note values and read them back."""
        for key, value in pairs:
            guarded(self.trade.set_custom_data, key, value)
        read = [guarded(self.trade.get_custom_data, key.upper(), "none") for key, _ in pairs]
        everything = guarded(self.trade.get_all_custom_data)
        kept = (
            []
            if isinstance(everything, str)
            else [[each.cd_key, each.cd_type, each.cd_value] for each in everything]
        )
        self.trade.delete_custom_data(pairs[0][0])
        return [read, kept, guarded(self.trade.get_custom_data, pairs[0][0])]


def one_trade(api: Any, scenario: dict[str, Any]) -> Seen:
    """Play one trade."""
    return Play(api, scenario).run()
