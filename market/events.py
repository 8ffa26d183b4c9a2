"""Market events: the immutable messages that flow from venues to decisions.

All are array-like msgspec structs (47 to 60 bytes a trade in msgpack) with the kind as their first
element, so that one decoder reads any mix of them. `ts_event` is the venue's time, `ts_init` the
time at which the frame was received here; both nanoseconds UTC. Where a venue sends no event time,
`ts_event` equals `ts_init`. Prices are in quote currency, sizes in base currency (in contracts for
inverse futures). Events say what the venue said: whether that is sane is for `market.validation`.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

from market.instruments import InstrumentId

Level: TypeAlias = tuple[Decimal, Decimal]
"""A price and the size that rests there."""


class Side(StrEnum):
    """The side of an order, and of the aggressor in a trade."""

    BUY = "buy"
    SELL = "sell"


class _Event(msgspec.Struct, frozen=True, array_like=True, tag_field="kind", kw_only=True, gc=False):
    venue: str
    symbol: str
    ts_event: int
    ts_init: int

    @property
    def instrument_id(self) -> InstrumentId:
        """The topic key of this event."""
        return InstrumentId(self.symbol, self.venue)


class Trade(_Event, frozen=True, tag="trade", kw_only=True, gc=False):
    """A public print. `side` is the aggressor's: BUY lifted an ask."""

    price: Decimal
    size: Decimal
    side: Side
    trade_id: str


class Quote(_Event, frozen=True, tag="quote", kw_only=True, gc=False):
    """Best bid and ask as the venue states them. `sequence` is 0 where the venue gives none."""

    bid_price: Decimal
    bid_size: Decimal
    ask_price: Decimal
    ask_size: Decimal
    sequence: int = 0


class BookSnapshot(_Event, frozen=True, tag="book_snapshot", kw_only=True):
    """A whole book; best level first on both sides."""

    sequence: int
    bids: list[Level]
    asks: list[Level]


class BookDelta(_Event, frozen=True, tag="book_delta", kw_only=True):
    """Changed levels; size 0 deletes a level. Spans updates `first_sequence` to `sequence`."""

    first_sequence: int
    sequence: int
    bids: list[Level]
    asks: list[Level]


class Bar(_Event, frozen=True, tag="bar", kw_only=True, gc=False):
    """Open, high, low, close and volume of [open_time, close_time), both nanoseconds UTC.

    `source` tells a bar built from trades seen here from one fetched from the venue's history;
    the venue's wins where both exist. `ts_event` is the close time.
    """

    timeframe: str
    open_time: int
    close_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    trade_count: int
    source: Literal["trades", "venue"] = "trades"


class FeedState(StrEnum):
    """What a collector knows about one instrument's feed."""

    LIVE = "live"
    RESYNC = "resync"
    DOWN = "down"


class FeedStatus(_Event, frozen=True, tag="feed_status", kw_only=True, gc=False):
    """A change of a feed's state, in order with the trades of the same partition.

    LIVE is sent at each (re)connection: trades before it are missing, so that the bar which spans
    it is not built from trades.
    """

    state: FeedState
    reason: str = ""


class LiveFrame(_Event, frozen=True, tag="live", kw_only=True):
    """The conflated present of one instrument, for clients and the paper matcher.

    `ts_init` is that of the newest update inside. Books hold at most ten levels a side, best
    first; `sequence` counts the frames of this instrument since the flow's start.
    """

    sequence: int
    bids: list[Level]
    asks: list[Level]
    last_price: Decimal | None
    last_size: Decimal | None
    last_side: Side | None


class QualityState(StrEnum):
    """Whether an instrument's data may be traded on."""

    OK = "ok"
    DEGRADED = "degraded"
    STALE = "stale"


class Quality(_Event, frozen=True, tag="quality", kw_only=True, gc=False):
    """The health of one instrument's feed over the last second, or at a change of state.

    `lag_ms` is the median of ts_init - ts_event; counters are totals since the flow's start.
    """

    state: QualityState
    reason: str
    lag_ms: float
    updates_per_s: float
    gaps: int
    quarantined: int


RAW_BYTES_MAX = 65_536
"""So much of a refused frame is kept: whole books come in frames of megabytes."""


class Quarantined(_Event, frozen=True, tag="quarantined", kw_only=True, gc=False):
    """Something that was received and refused: why (a stable code), in words, and its first bytes."""

    reason: str
    detail: str
    raw: bytes


MarketEvent: TypeAlias = (
    Trade | Quote | BookSnapshot | BookDelta | Bar | FeedStatus | LiveFrame | Quality | Quarantined
)
