"""Read views: immutable copies of the engine's state, with the API's field names.

Money, prices, sizes and ratios are Decimal (strings in JSON). Times without a unit in their name
are nanoseconds UTC; the API writes them as RFC 3339. Fields named `_ms` are milliseconds.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from market.events import Side
from trading.core.router import RoutingDecision


class TradingState(StrEnum):
    """What the engine may do: everything, only make positions smaller, or nothing."""

    ACTIVE = "ACTIVE"
    REDUCING = "REDUCING"
    HALTED = "HALTED"


class StateView(msgspec.Struct, frozen=True, kw_only=True):
    """The trading state and why.

    HALTED is an operator's word and survives a restart. REDUCING is derived (drawdown limit reached,
    or no symbol has good data) and lifts itself.
    """

    trading_state: TradingState
    reason: str | None
    halted_by: str | None
    halted_at: int | None
    reducing_symbols: list[str]


class HaltReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a halt did."""

    trading_state: TradingState
    orders_cancelled: int
    positions_kept: int
    halted_at: int
    halted_by: str


class PortfolioView(msgspec.Struct, frozen=True, kw_only=True):
    """The account in quote currency.

    equity = cash + value of positions = capital + realized_pnl + unrealized_pnl - fees.
    `drawdown` is ≤ 0 (-0.021 is 2.1 % under the peak); `exposure` is a fraction of equity.
    """

    currency: str
    equity: Decimal
    cash: Decimal
    today_pnl: Decimal
    today_pnl_ratio: Decimal
    realized_pnl: Decimal
    unrealized_pnl: Decimal
    fees: Decimal
    drawdown: Decimal
    drawdown_limit: Decimal
    exposure: Decimal
    exposure_limit: Decimal
    as_of_ms: int


class PositionView(msgspec.Struct, frozen=True, kw_only=True):
    """An open position of one strategy in one symbol."""

    symbol: str
    strategy: str
    side: Literal["long"]
    size: Decimal
    entry_price: Decimal
    mark_price: Decimal
    unrealized_pnl: Decimal
    unrealized_pnl_ratio: Decimal
    opened_at: int


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order for people; `state` is never INTENT, because the engine finishes that step."""

    client_order_id: str
    signal_id: str
    symbol: str
    venue: str
    side: Side
    type: Literal["market", "limit"]
    size: Decimal
    limit_price: Decimal | None
    filled_size: Decimal
    average_price: Decimal | None
    fees: Decimal
    state: str
    code: str | None
    reason: str | None
    strategy: str
    tag: str
    created_at: int
    updated_at: int
    routing: RoutingDecision


class FillView(msgspec.Struct, frozen=True, kw_only=True):
    """A fill for people."""

    fill_id: str
    client_order_id: str
    strategy: str
    symbol: str
    venue: str
    side: Side
    price: Decimal
    size: Decimal
    fee: Decimal
    fee_currency: str
    liquidity: Literal["maker", "taker"]
    ts: int


class VenuePriceView(msgspec.Struct, frozen=True, kw_only=True):
    """The present of one symbol on one venue. `age_ms` counts from the newest update."""

    venue: str
    bid: Decimal | None
    ask: Decimal | None
    last_price: Decimal | None
    age_ms: int


class MarketView(msgspec.Struct, frozen=True, kw_only=True):
    """The present of one symbol.

    `change_ratio_24h` is since the first known bar when that is less than a day ago, and nothing
    without bars.
    """

    symbol: str
    last_price: Decimal | None
    change_ratio_24h: Decimal | None
    venues: list[VenuePriceView]


class FeedView(msgspec.Struct, frozen=True, kw_only=True):
    """The health of one instrument's feed.

    As the quality flow sees it, or `stale` when that flow has gone silent. `last_update_ms` is the
    newest frame's time (milliseconds since the epoch).
    """

    venue: str
    symbol: str
    state: Literal["ok", "degraded", "stale"]
    reason: str
    lag_ms: float
    updates_per_s: float
    gaps: int
    quarantined: int
    last_update_ms: int | None


class StrategyView(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger knows of a strategy.

    `pnl` is net of fees and includes open positions; `trades` counts closed round trips.
    """

    name: str
    state: Literal["on", "off", "error"]
    error: str | None
    pnl: Decimal
    open_positions: int
    trades: int
