"""The messages of the WebSocket stream, one JSON document each.

`seq` counts the messages of a connection by one: a hole means that the client missed something and
must ask REST again. `ts_ms` is the server's time of sending.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from trading.api.schemas import (
    Bar,
    Document,
    Feed,
    Fill,
    Forecast,
    Number,
    Order,
    Portfolio,
    Position,
    Status,
)


class Message(BaseModel):
    """Base of all messages. The hub writes `seq` and `ts_ms` in front of the encoded rest."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    seq: int = 0
    ts_ms: int = 0

    def encoded(self) -> bytes:
        """Return the JSON document without its envelope: `{"type":…`."""
        return self.model_dump_json(exclude={"seq", "ts_ms"}).encode()


class PriceRow(Document):
    """The present of one instrument. `ts_init_ns` is when its newest update arrived here, as text."""

    symbol: str
    venue: str
    bid: Number | None
    ask: Number | None
    last: Number | None
    bid_size: Number | None
    ask_size: Number | None
    ts_event_ms: int
    ts_init_ms: int
    ts_init_ns: str


class HelloMessage(Message):
    """The first message; `interval_ms` is the interval that the server granted."""

    type: Literal["hello"] = "hello"
    status: Status
    interval_ms: int


class PricesMessage(Message):
    """Instruments whose present has changed since the last such message."""

    type: Literal["prices"] = "prices"
    rows: list[PriceRow]


class BarMessage(Message):
    """A bar has closed."""

    type: Literal["bar"] = "bar"
    symbol: str
    venue: str
    timeframe: str
    bar: Bar


class PortfolioMessage(Message):
    """The account, once a second when it has changed, and after each fill."""

    type: Literal["portfolio"] = "portfolio"
    portfolio: Portfolio


class PositionsMessage(Message):
    """All open positions."""

    type: Literal["positions"] = "positions"
    positions: list[Position]


class OrderMessage(Message):
    """An order is new or has changed."""

    type: Literal["order"] = "order"
    order: Order


class FillMessage(Message):
    """An order was filled, wholly or partly."""

    type: Literal["fill"] = "fill"
    fill: Fill


class ForecastMessage(Message):
    """A new forecast."""

    type: Literal["forecast"] = "forecast"
    forecast: Forecast


class FeedsMessage(Message):
    """The health of all feeds, once a second when it has changed."""

    type: Literal["feeds"] = "feeds"
    feeds: list[Feed]


class StatusMessage(Message):
    """The trading state has changed."""

    type: Literal["status"] = "status"
    status: Status


class HeartbeatMessage(Message):
    """Sent every second, so that silence means a dead connection."""

    type: Literal["heartbeat"] = "heartbeat"


StreamMessage: TypeAlias = Annotated[
    HelloMessage
    | PricesMessage
    | BarMessage
    | PortfolioMessage
    | PositionsMessage
    | OrderMessage
    | FillMessage
    | ForecastMessage
    | FeedsMessage
    | StatusMessage
    | HeartbeatMessage,
    Field(discriminator="type"),
]
