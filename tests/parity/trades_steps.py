"""What the differential test of trades does with either side: ours, or the real freqtrade's.

Runs in both interpreters, so it imports neither. `api` is the side's adapter (`trades_here`,
`trades_freqtrade`); a scenario is a JSON object drawn by `trades_draw`, an answer is a list of what was
seen after each step. Names of methods are freqtrade's on both sides.
"""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2024, 3, 1, tzinfo=UTC)
Seen = list[Any]

FIELDS = [
    "is_open",
    "fee_open",
    "fee_open_cost",
    "fee_close",
    "fee_close_cost",
    "open_rate",
    "open_trade_value",
    "close_rate",
    "close_rate_requested",
    "realized_profit",
    "close_profit",
    "close_profit_abs",
    "stake_amount",
    "max_stake_amount",
    "amount",
    "stop_loss",
    "stop_loss_pct",
    "initial_stop_loss",
    "initial_stop_loss_pct",
    "is_stop_loss_trailing",
    "max_rate",
    "min_rate",
    "exit_reason",
    "exit_order_status",
    "liquidation_price",
    "funding_fees",
    "funding_fee_running",
    "leverage",
    "is_short",
    "stoploss_or_liquidation",
    "has_no_leverage",
    "borrowed",
    "has_open_orders",
    "has_open_position",
    "has_open_sl_orders",
    "nr_of_successful_entries",
    "nr_of_successful_exits",
    "nr_of_successful_buys",
    "nr_of_successful_sells",
    "buy_tag",
    "sell_reason",
    "enter_tag",
    "entry_side",
    "exit_side",
    "trade_direction",
    "safe_base_currency",
    "safe_quote_currency",
    "safe_close_rate",
    "open_orders_ids",
    "fully_canceled_entry_order_count",
    "canceled_exit_order_count",
]
DATES = (
    "date_last_filled_utc",
    "date_entry_fill_utc",
    "open_date_utc",
    "close_date_utc",
    "stoploss_last_update_utc",
)
ORDER_FIELDS = [
    "safe_amount",
    "safe_placement_price",
    "safe_price",
    "safe_filled",
    "safe_cost",
    "safe_remaining",
    "safe_fee_base",
    "safe_amount_after_fee",
    "stake_amount",
    "stake_amount_filled",
    "funding_fee",
    "status",
]


def minute(count: float) -> datetime:
    """Return the scenario's start plus minutes."""
    return START + timedelta(minutes=count)


def answer(api: Any, scenario: dict[str, Any]) -> Seen:
    """Play a scenario on one side and return what was seen."""
    with api.run(scenario):
        return KINDS[scenario["kind"]](api, scenario)


def guarded(call: Any, *args: Any, **named: Any) -> Any:
    """Return the result, or the name of a built-in error; which text an error has is no matter of parity."""
    try:
        return call(*args, **named)
    except (ValueError, ZeroDivisionError, TypeError, AssertionError) as error:
        return f"raises {type(error).__name__}"


def seen_of(trade: Any) -> dict[str, Any]:
    """Return all that can be seen of a trade."""
    seen = {name: guarded(getattr, trade, name) for name in FIELDS}
    seen |= {name: str(getattr(trade, name)) for name in DATES}
    seen["orders"] = [
        {name: guarded(getattr, order, name) for name in ORDER_FIELDS} for order in trade.orders
    ]
    seen["json"] = guarded(trade.to_json)
    seen["short"] = guarded(trade.to_json, minified=True)
    seen["text"] = [repr(trade), *(repr(order) for order in trade.orders)]
    return seen


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


def numbers(api: Any, scenario: dict[str, Any]) -> Seen:
    """Call functions of numbers."""
    return [guarded(getattr(api, name), *args) for name, *args in scenario["calls"]]


def market(api: Any, scenario: dict[str, Any]) -> Seen:
    """Ask for stakes, leverage, liquidation prices and funding of one market."""
    found: Seen = []
    for name, *args in scenario["calls"]:
        if name == "funding":
            args[2:] = [minute(at) for at in args[2:]]
        found.append(guarded(api.guarded_market, name, *args))
    return found


def ticks(api: Any, scenario: dict[str, Any]) -> Seen:
    """Derive price steps by month."""
    found = api.ticks(scenario["dates"], scenario["prices"])
    return [found(minute(at)) for at in scenario["asked"]]


def account(api: Any, scenario: dict[str, Any]) -> Seen:
    """Open and close trades of several pairs; watch wallet, protections and locks."""
    found: Seen = []
    plays: dict[int, Play] = {}
    for name, *args in scenario["steps"]:
        found.append([name, guarded(ACCOUNT[name], api, plays, *args)])
        found.append(api.account_state())
    return found


def _open(api: Any, plays: dict[int, Play], number: int, fields: dict[str, Any], entry: list[Any]) -> None:
    play = plays[number] = Play(api, {"trade": fields, "steps": []})
    play.trade.open_date = minute(entry[2])
    api.add(play.trade)
    play.enter(*entry)


def _step(api: Any, plays: dict[int, Play], number: int, name: str, args: list[Any]) -> Any:
    return getattr(plays[number], name)(*args)


def _close(api: Any, plays: dict[int, Play], number: int, price: float, at: float, reason: str) -> None:
    play = plays[number]
    if not play.trade.has_open_position:
        api.remove(play.trade)
        return
    play.close(price, at, reason)
    api.close(play.trade)
    api.update_wallet()
    api.protect(play.trade.pair, minute(at), play.trade.trade_direction)


def _stake(
    api: Any, plays: dict[int, Play], slots: float, wanted: Any, least: Any, most: float, held: Any
) -> Seen:
    return [api.stake(slots), api.validated_stake(wanted, least, most, held)]


def _update(api: Any, plays: dict[int, Play]) -> None:
    api.update_wallet()


def _liquidate(api: Any, plays: dict[int, Play], number: int) -> Seen:
    trade = plays[number].trade
    if not trade.has_open_position:
        return []
    api.update_liquidation(trade)
    return [play.trade.liquidation_price for play in plays.values()]


def _lock(api: Any, plays: dict[int, Play], name: str, args: list[Any], named: dict[str, Any]) -> Any:
    whens = {key: minute(value) for key, value in named.items() if key in ("now", "until")}
    return api.lock(name, args, named | whens)


def _query(api: Any, plays: dict[int, Play], filters: dict[str, Any]) -> Seen:
    whens = {key: minute(value) for key, value in filters.items() if key.endswith("_date")}
    return [trade.id for trade in api.query(filters | whens)]


ACCOUNT = {
    "open": _open,
    "step": _step,
    "close": _close,
    "stake": _stake,
    "update": _update,
    "liquidate": _liquidate,
    "lock": _lock,
    "query": _query,
}
KINDS = {"trade": one_trade, "numbers": numbers, "market": market, "ticks": ticks, "account": account}
