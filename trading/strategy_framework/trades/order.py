"""An order of a trade, with freqtrade's field names."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from trading.strategy_framework.trades.arithmetic.exact import product_over

if TYPE_CHECKING:
    from trading.strategy_framework.trades.trade import Trade

CANCELED_STATES = ("cancelled", "canceled", "expired", "rejected")
NON_OPEN_STATES = (*CANCELED_STATES, "closed")
DATE_FORMAT = "%Y-%m-%d %H:%M:%S"


def milliseconds(moment: datetime | None) -> int | None:
    """Return an aware time as milliseconds since the epoch."""
    return int(moment.timestamp() * 1000) if moment else None


class Order:
    """One order: what was asked for (`ft_*`, `price`, `amount`) and what came of it.

    `ft_order_side` is `buy`, `sell` or `stoploss`; `average` is the fill price; times are UTC.
    """

    id: int
    ft_trade_id: int
    ft_order_side: str
    ft_pair: str
    ft_is_open: bool
    ft_amount: float
    ft_price: float
    ft_cancel_reason: str | None
    order_id: str
    status: str | None
    symbol: str | None
    order_type: str | None
    side: str | None
    price: float | None
    average: float | None
    amount: float | None
    filled: float | None
    remaining: float | None
    cost: float | None
    stop_price: float | None
    order_date: datetime
    order_filled_date: datetime | None
    order_update_date: datetime | None
    funding_fee: float | None
    ft_fee_base: float | None
    ft_order_tag: str | None
    trade: "Trade"

    _defaults: ClassVar[dict[str, Any]] = dict.fromkeys(__annotations__)
    """Every field above, with nothing in it."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__ = {**self._defaults, **fields}

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Order":
        """Return an order of these fields, as keywords would: passing those on costs most of an order."""
        order = cls.__new__(cls)
        order.__dict__ = {**cls._defaults, **fields}
        return order

    def copy_for(self, trade: "Trade") -> "Order":
        """Return a copy that belongs to `trade`."""
        copied = Order.__new__(Order)
        copied.__dict__.update(self.__dict__)
        copied.trade = trade
        return copied

    @property
    def order_date_utc(self) -> datetime:
        """When it was placed."""
        return self.order_date.replace(tzinfo=UTC)

    @property
    def order_filled_utc(self) -> datetime | None:
        """When it was filled."""
        return self.order_filled_date.replace(tzinfo=UTC) if self.order_filled_date else None

    @property
    def safe_amount(self) -> float:
        """The amount, or the amount asked for."""
        return self.amount or self.ft_amount

    @property
    def safe_placement_price(self) -> float:
        """The price it was placed at."""
        return self.price or self.stop_price or self.ft_price

    @property
    def safe_price(self) -> float:
        """The fill price, or the price it was placed at."""
        return self.average or self.price or self.stop_price or self.ft_price

    @property
    def safe_filled(self) -> float:
        """The amount filled."""
        return self.filled if self.filled is not None else 0.0

    @property
    def safe_cost(self) -> float:
        """The cost in quote currency."""
        return self.cost or 0.0

    @property
    def safe_remaining(self) -> float:
        """The amount not filled yet."""
        return self.remaining if self.remaining is not None else self.safe_amount - (self.filled or 0.0)

    @property
    def safe_fee_base(self) -> float:
        """The fee that was paid in base currency."""
        return self.ft_fee_base or 0.0

    @property
    def safe_amount_after_fee(self) -> float:
        """The amount filled, less the fee paid in base currency."""
        return self.safe_filled - self.safe_fee_base

    @property
    def stake_amount(self) -> float:
        """The whole order's stake, without leverage."""
        return product_over(self.safe_amount, self.safe_price, self.trade.leverage)

    @property
    def stake_amount_filled(self) -> float:
        """The filled part's stake, without leverage."""
        return product_over(self.safe_filled, self.safe_price, self.trade.leverage)

    def __repr__(self) -> str:
        return (
            f"Order(id={self.id}, trade={self.ft_trade_id}, order_id={self.order_id}, "
            f"side={self.side or self.ft_order_side}, filled={self.safe_filled}, price={self.safe_price}, "
            f"amount={self.amount}, status={self.status}, date={self.order_date_utc:{DATE_FORMAT}})"
        )

    def close_bt_order(self, close_date: datetime, trade: "Trade") -> None:
        """Fill the order completely and carry the trade on; `close_date` is the candle's open time."""
        self.order_filled_date = close_date
        self.filled = self.amount
        self.remaining = 0
        self.status = "closed"
        self.ft_is_open = False
        # The trade's funding since the fill before belongs to this order from now on.
        self.funding_fee = trade.funding_fee_running
        trade.funding_fee_running = 0.0
        if self.ft_order_side == trade.entry_side and self.price:
            trade.open_rate = self.price
            trade.recalc_trade_from_orders()
            if trade.nr_of_successful_entries == 1:
                trade.initial_stop_loss_pct = None
                trade.is_stop_loss_trailing = False
            trade.adjust_stop_loss(trade.open_rate, trade.stop_loss_pct)

    def to_json(self, entry_side: str, minified: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 (freqtrade's)
        """Return the export's fields; the short form (`minified`) is what backtest results hold."""
        short: dict[str, Any] = {
            "amount": self.safe_amount,
            "safe_price": self.safe_price,
            "ft_order_side": self.ft_order_side,
            "order_filled_timestamp": milliseconds(self.order_filled_utc),
            "ft_is_entry": self.ft_order_side == entry_side,
            "ft_order_tag": self.ft_order_tag,
            "cost": self.cost if self.cost else 0,
        }
        if minified:
            return short
        return short | {
            "pair": self.ft_pair,
            "order_id": self.order_id,
            "status": self.status,
            "average": round(self.average, 8) if self.average else 0,
            "filled": self.filled,
            "is_open": self.ft_is_open,
            "order_date": self.order_date.strftime(DATE_FORMAT) if self.order_date else None,
            "order_timestamp": milliseconds(self.order_date_utc) if self.order_date else None,
            "order_filled_date": (
                self.order_filled_date.strftime(DATE_FORMAT) if self.order_filled_date else None
            ),
            "order_type": self.order_type,
            "price": self.price,
            "remaining": self.remaining,
            "ft_fee_base": self.ft_fee_base,
            "funding_fee": self.funding_fee,
        }
