"""The shapes of Binance's messages. One-letter names are the venue's; ours stand beside them."""

from decimal import Decimal

import msgspec
from msgspec import field
from msgspec.json import Decoder

from market.events import Level
from streaming.exchanges._values import Number

ABSENT = msgspec.Raw()
"""A field that the message does not have; a Raw can't be optional."""


class Envelope(msgspec.Struct, gc=False):
    """The wrapper of a combined stream, or the answer to a request."""

    stream: str = ""
    data: msgspec.Raw = ABSENT
    id: int | str | None = None
    result: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
    code: int | None = None
    msg: str | None = None


class Head(msgspec.Struct, gc=False):
    """What tells messages of a raw stream apart; spot's book ticker alone has no kind."""

    kind: str = field(name="e", default="")
    symbol: str = field(name="s", default="")
    bid_size: msgspec.Raw = field(name="B", default=ABSENT)


class TradeMessage(msgspec.Struct, gc=False):
    """A single fill."""

    symbol: str = field(name="s")
    trade_id: int = field(name="t")
    price: Decimal = field(name="p")
    size: Decimal = field(name="q")
    trade_time: int = field(name="T")
    buyer_is_maker: bool = field(name="m")
    market_kind: str = field(name="X", default="MARKET")


class AggregateTrade(msgspec.Struct, gc=False):
    """The fills of one taker order at one price."""

    symbol: str = field(name="s")
    aggregate_id: int = field(name="a")
    price: Decimal = field(name="p")
    size: Decimal = field(name="q")
    trade_time: int = field(name="T")
    buyer_is_maker: bool = field(name="m")


class BookTicker(msgspec.Struct, gc=False):
    """The best bid and ask."""

    update_id: Number = field(name="u")
    symbol: str = field(name="s")
    bid_price: Decimal = field(name="b")
    bid_size: Decimal = field(name="B")
    ask_price: Decimal = field(name="a")
    ask_size: Decimal = field(name="A")
    transaction_time: int = field(name="T", default=0)
    event_time: int = field(name="E", default=0)


class Depth(msgspec.Struct, gc=False):
    """Changed levels."""

    symbol: str = field(name="s")
    event_time: int = field(name="E")
    first_id: Number = field(name="U")
    last_id: Number = field(name="u")
    bids: list[Level] = field(name="b")
    asks: list[Level] = field(name="a")
    transaction_time: int = field(name="T", default=0)
    previous_id: Number | None = field(name="pu", default=None)


class Snapshot(msgspec.Struct, gc=False):
    """A whole book: from REST, or a partial depth stream (which futures shape like a delta)."""

    last_update_id: Number = field(name="lastUpdateId", default=0)
    last_id: Number = field(name="u", default=0)
    bids: list[Level] = field(default_factory=list)
    asks: list[Level] = field(default_factory=list)
    short_bids: list[Level] = field(name="b", default_factory=list)
    short_asks: list[Level] = field(name="a", default_factory=list)
    event_time: int = field(name="E", default=0)
    transaction_time: int = field(name="T", default=0)

    def __post_init__(self) -> None:
        if not (self.last_update_id or self.last_id):
            raise ValueError("a book without lastUpdateId")


class Filter(msgspec.Struct):
    """One trading rule of an instrument."""

    kind: str = field(name="filterType")
    tick_size: Decimal | None = field(name="tickSize", default=None)
    step_size: Decimal | None = field(name="stepSize", default=None)
    notional_min: Decimal | None = field(name="minNotional", default=None)
    notional: Decimal | None = field(default=None)


class Listing(msgspec.Struct):
    """One instrument of exchangeInfo; futures add the margin currency and the contract's kind."""

    symbol: str
    base: str = field(name="baseAsset")
    quote: str = field(name="quoteAsset")
    filters: list[Filter] = field(default_factory=list)
    margin: str = field(name="marginAsset", default="")
    contract: str = field(name="contractType", default="")


class ExchangeInfo(msgspec.Struct):
    """The venue's instruments."""

    symbols: list[Listing]


ENVELOPE = Decoder(Envelope)
HEAD = Decoder(Head)
ARRAY = Decoder(list[msgspec.Raw])
TRADE = Decoder(TradeMessage)
AGGREGATE_TRADE = Decoder(AggregateTrade)
BOOK_TICKER = Decoder(BookTicker)
DEPTH = Decoder(Depth)
SNAPSHOT = Decoder(Snapshot)
EXCHANGE_INFO = Decoder(ExchangeInfo)
KLINES = Decoder(list[list[int | str]])
