"""The documents of the REST API and of the stream.

Money, prices, sizes and ratios are decimal strings, because a float would change them; times are
RFC 3339 in UTC, or integers in milliseconds where the name ends in `_ms`. Charts and model outputs
are plain numbers.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from market.events import Side
from trading.core.views import TradingState

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS_MAX = 12
"""Decimals of a derived value, such as a mean price; what was sent or stored has fewer."""


def decimal_text(value: Decimal) -> str:
    """Write a decimal without an exponent, with at most `DIGITS_MAX` decimals."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DIGITS_MAX:
        value = round(value, DIGITS_MAX)
        return format(value, "f").rstrip("0").rstrip(".")
    return format(value, "f")


def _moment(value: Any) -> Any:
    """Read nanoseconds since the epoch as a time, to the microsecond."""
    return EPOCH + timedelta(microseconds=value // 1000) if isinstance(value, int) else value


Number = Annotated[Decimal, PlainSerializer(decimal_text, return_type=str)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class Document(BaseModel):
    """Base of all answers; built from the engine's views by their field names."""

    model_config = ConfigDict(
        from_attributes=True,
        frozen=True,
        protected_namespaces=(),
        json_schema_serialization_defaults_required=True,
    )


class Status(Document):
    """What the service is doing, and whether it may trade."""

    mode: Literal["paper"] = "paper"
    trading_state: TradingState
    halted_by: str | None
    halted_at: Moment | None
    reason: str | None
    reducing_symbols: list[str]
    strategies_on: int
    strategies_total: int
    version: str
    started_at: Moment
    symbols: list[str]
    venues: list[str]


class Portfolio(Document):
    """The account at present marks; `drawdown` is at most 0, `exposure` a fraction of equity."""

    currency: str
    equity: Number
    cash: Number
    today_pnl: Number
    today_pnl_ratio: Number
    realized_pnl: Number
    unrealized_pnl: Number
    fees: Number
    drawdown: Number
    drawdown_limit: Number
    exposure: Number
    exposure_limit: Number
    as_of_ms: int


class Position(Document):
    """An open position of one strategy in one symbol."""

    symbol: str
    strategy: str
    side: Literal["long"]
    size: Number
    entry_price: Number
    mark_price: Number
    unrealized_pnl: Number
    unrealized_pnl_ratio: Number
    opened_at: Moment


class Considered(Document):
    """A venue's offer for an order's whole size; `fee` and `all_in` are per unit, in quote currency."""

    venue: str
    price: Number
    fee: Number
    all_in: Number
    available: Number


class Routing(Document):
    """Where an order went and why; best offer first. `excluded` names venues with their reason."""

    considered: list[Considered]
    chosen: str
    saved_bps: Number
    excluded: dict[str, str]


OrderStateName = Literal[
    "SUBMITTED",
    "ACCEPTED",
    "REJECTED",
    "PARTIALLY_FILLED",
    "FILLED",
    "PENDING_CANCEL",
    "CANCELED",
    "EXPIRED",
    "DENIED",
]


class Order(Document):
    """An order, its state and its route."""

    client_order_id: str
    signal_id: str
    symbol: str
    venue: str
    side: Side
    type: Literal["market", "limit"]
    size: Number
    limit_price: Number | None
    filled_size: Number
    average_price: Number | None
    fees: Number
    state: OrderStateName
    code: str | None
    reason: str | None
    strategy: str
    tag: str
    created_at: Moment
    updated_at: Moment
    routing: Routing


class Fill(Document):
    """An executed part of an order."""

    fill_id: str
    client_order_id: str
    strategy: str
    symbol: str
    venue: str
    side: Side
    price: Number
    size: Number
    fee: Number
    fee_currency: str
    liquidity: Literal["maker", "taker"]
    ts: Moment


class MarketVenue(Document):
    """The present of one symbol on one venue."""

    venue: str
    bid: Number | None
    ask: Number | None
    last_price: Number | None
    age_ms: int


class Market(Document):
    """The present of one symbol; the change is since the first known bar within 24 hours."""

    symbol: str
    last_price: Number | None
    change_ratio_24h: Number | None
    venues: list[MarketVenue]


class Bar(Document):
    """A closed candle for charts. `time` is its open time in seconds since the epoch."""

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class Bars(Document):
    """Closed candles of one market, oldest first."""

    symbol: str
    venue: str
    timeframe: str
    bars: list[Bar]


class Forecast(Document):
    """A model's answer; returns are fractions over the horizon, `low` to `high` its 80 % band."""

    symbol: str
    made_at: AwareDatetime
    bar_close_time: AwareDatetime
    horizon_s: int
    predicted_return: float
    probability_up: float
    low: float
    high: float
    model: str
    model_version: str
    feature_hash: str
    last_price: Number


class Feed(Document):
    """The health of one instrument's feed."""

    venue: str
    symbol: str
    state: Literal["ok", "degraded", "stale"]
    reason: str
    lag_ms: float
    updates_per_s: float
    gaps: int
    quarantined: int
    last_update_ms: int | None


class Strategy(Document):
    """A strategy, its state and what it has earned, net of fees and with open positions.

    `capital` is what it began with, in the account's currency; it trades with that and its earnings.
    """

    name: str
    timeframe: str
    capital: Number
    state: Literal["on", "off", "error"]
    error: str | None
    pnl: Number
    open_positions: int
    trades: int
    docs: str


class HaltRequest(BaseModel):
    """Why trading is stopped, in the operator's words."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = Field(None, max_length=500)


class HaltResult(Document):
    """What the halt did."""

    trading_state: TradingState
    orders_cancelled: int
    positions_kept: int
    halted_at: Moment
    halted_by: str


class ResumeRequest(BaseModel):
    """The typed confirmation of a resume."""

    model_config = ConfigDict(extra="forbid")

    confirm: Literal["RESUME"]


class SessionRequest(BaseModel):
    """The access token."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: str = Field(min_length=1, max_length=512)


class SignalRequest(BaseModel):
    """Advice from outside. `id` makes it idempotent: the same id twice gives one order.

    `stake` (quote currency) replaces the default stake, `size` (base currency) limits an exit,
    `limit_price` asks for a limit order.
    """

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")
    strategy: str = Field("external", pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    symbol: str = Field(max_length=40)
    direction: Literal["enter_long", "exit_long"]
    strength: float = Field(1.0, gt=0, le=1)
    horizon_s: int = Field(0, ge=0, le=31_536_000)
    tag: str = Field("", max_length=100)
    stake: Decimal | None = Field(None, gt=0, max_digits=20, decimal_places=8)
    size: Decimal | None = Field(None, gt=0, max_digits=24, decimal_places=12)
    limit_price: Decimal | None = Field(None, gt=0, max_digits=24, decimal_places=12)


class Problem(BaseModel):
    """An RFC 9457 problem: `code` is stable, `detail` says what to do."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
