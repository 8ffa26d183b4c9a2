"""The state of a trade under freqtrade's field names, and what follows from it without arithmetic."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self

from trading.strategy_framework.trades.arithmetic.rounding import TICK_SIZE
from trading.strategy_framework.trades.order import Order


class TradeFields:
    """The fields. Prices are in quote currency, `amount` in base; ratios are fractions.

    `stop_loss_pct` and the profits contain the leverage; times are UTC. Fields live on the instance
    only: a trade is copied by copying its dictionary, which is what makes handing a copy to each
    callback cheap.
    """

    id: int
    pair: str
    orders: list[Order]
    exchange: str
    base_currency: str | None
    stake_currency: str | None
    is_open: bool
    fee_open: float
    fee_open_cost: float | None
    fee_open_currency: str | None
    fee_close: float | None
    fee_close_cost: float | None
    fee_close_currency: str | None
    open_rate: float
    open_rate_requested: float | None
    open_trade_value: float
    close_rate: float | None
    close_rate_requested: float | None
    realized_profit: float
    close_profit: float | None
    close_profit_abs: float | None
    stake_amount: float
    max_stake_amount: float | None
    amount: float
    amount_requested: float | None
    open_date: datetime
    close_date: datetime | None
    stop_loss: float
    stop_loss_pct: float | None
    initial_stop_loss: float | None
    initial_stop_loss_pct: float | None
    is_stop_loss_trailing: bool
    max_rate: float | None
    min_rate: float | None
    exit_reason: str | None
    exit_order_status: str | None
    strategy: str | None
    enter_tag: str | None
    timeframe: int | None
    trading_mode: str
    amount_precision: float | None
    price_precision: float | None
    precision_mode: int | None
    precision_mode_price: int | None
    contract_size: float | None
    liquidation_price: float | None
    is_short: bool
    leverage: float
    interest_rate: float
    funding_fees: float | None
    funding_fee_running: float | None
    record_version: int

    _defaults: ClassVar[dict[str, Any]] = {
        "id": 0,
        "pair": "",
        "orders": (),
        "exchange": "",
        "base_currency": "",
        "stake_currency": "",
        "is_open": True,
        "fee_open": 0.0,
        "fee_open_cost": None,
        "fee_open_currency": "",
        "fee_close": 0.0,
        "fee_close_cost": None,
        "fee_close_currency": "",
        "open_rate": 0.0,
        "open_rate_requested": None,
        "open_trade_value": 0.0,
        "close_rate": None,
        "close_rate_requested": None,
        "realized_profit": 0,
        "close_profit": None,
        "close_profit_abs": None,
        "stake_amount": 0.0,
        "max_stake_amount": 0.0,
        "amount": 0.0,
        "amount_requested": None,
        "close_date": None,
        "stop_loss": 0.0,
        "stop_loss_pct": 0.0,
        "initial_stop_loss": 0.0,
        "initial_stop_loss_pct": None,
        "is_stop_loss_trailing": False,
        "max_rate": None,
        "min_rate": None,
        "exit_reason": "",
        "exit_order_status": "",
        "strategy": "",
        "enter_tag": None,
        "timeframe": None,
        "trading_mode": "spot",
        "amount_precision": None,
        "price_precision": None,
        "precision_mode": TICK_SIZE,
        "precision_mode_price": TICK_SIZE,
        "contract_size": None,
        "liquidation_price": None,
        "is_short": False,
        "leverage": 1.0,
        "interest_rate": 0.0,
        "funding_fees": None,
        "funding_fee_running": None,
        "record_version": 2,
        "_close_factor": None,
        "_open_kept": None,
        "_stop_kept": None,
    }
    _close_factor: tuple[float, float, bool, int, int, int] | None
    _open_kept: tuple[float, float, float, bool, float] | None
    _stop_kept: tuple[float, float, float, float | None, bool, float] | None

    def __init__(self, **fields: Any) -> None:
        state = self.__dict__
        state.update(self._defaults)
        state.update(fields)
        state["orders"] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        state = self.__dict__
        copied.__dict__.update(state)
        copied.orders = [order.copy_for(copied) for order in self.orders]  # type: ignore[arg-type]
        if len(state) > len(self._defaults) + 1:  # what a strategy hung on it may be mutable
            for name in state.keys() - self._defaults.keys():
                setattr(copied, name, deepcopy(state[name], memo))
        return copied

    @property
    def open_date_utc(self) -> datetime:
        """When it was opened."""
        return self.open_date.replace(tzinfo=UTC)

    @property
    def close_date_utc(self) -> datetime | None:
        """When it was closed."""
        return self.close_date.replace(tzinfo=UTC) if self.close_date else None

    @property
    def buy_tag(self) -> str | None:
        """The old name of `enter_tag`."""
        return self.enter_tag

    @property
    def sell_reason(self) -> str | None:
        """The old name of `exit_reason`."""
        return self.exit_reason

    @property
    def entry_side(self) -> str:
        """`buy` for longs, `sell` for shorts."""
        return "sell" if self.is_short else "buy"

    @property
    def exit_side(self) -> str:
        """`sell` for longs, `buy` for shorts."""
        return "buy" if self.is_short else "sell"

    @property
    def trade_direction(self) -> Literal["long", "short"]:
        """`long` or `short`."""
        return "short" if self.is_short else "long"

    @property
    def safe_base_currency(self) -> str:
        """The currency that is bought."""
        return self.base_currency or self.pair.split("/", maxsplit=1)[0]

    @property
    def safe_quote_currency(self) -> str:
        """The currency that it is paid in."""
        return self.stake_currency or self.pair.partition("/")[2].split(":", maxsplit=1)[0]

    @property
    def safe_close_rate(self) -> float:
        """The close rate, or the one asked for, or 0."""
        return self.close_rate or self.close_rate_requested or 0.0

    @property
    def has_no_leverage(self) -> bool:
        """Whether it is a long with its own money only."""
        return (self.leverage == 1.0 or self.leverage is None) and not self.is_short

    @property
    def borrowed(self) -> float:
        """What is borrowed: base currency for shorts, quote currency for longs."""
        if self.has_no_leverage:
            return 0.0
        if self.is_short:
            return self.amount
        return (self.amount * self.open_rate) * ((self.leverage - 1) / self.leverage)

    @property
    def has_open_position(self) -> bool:
        """Whether any amount is held."""
        return self.amount > 0

    @property
    def stoploss_or_liquidation(self) -> float:
        """The price at which it ends at the latest: the stop, or the liquidation if that comes first."""
        if not self.liquidation_price:
            return self.stop_loss
        nearest = min if self.is_short else max
        return nearest(self.stop_loss, self.liquidation_price)
