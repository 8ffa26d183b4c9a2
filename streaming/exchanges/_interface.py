"""What an exchange is to the rest of Tidegate: a description and a decoder, no I/O.

A venue's module exposes one constant, `EXCHANGE`. It says where to connect and what to send, and
makes a `Session`, the decoder state of one connection. The collector owns the sockets: it feeds
every frame to the session, publishes what comes back and carries out the actions. A recording is
replayed through the very same sessions.

    collector                                   session
      connect, send Subscription.messages
      frame ──────────────────────────────────▶ on_frame
      ◀── events, quarantined, actions ──────── Decoded
      FetchSnapshot: GET, answer ─────────────▶ on_rest
      connection lost ────────────────────────▶ on_disconnect   (FeedStatus DOWN of each symbol)

Invariants of every session: nothing raises, whatever the bytes; each frame gives events, waits in
a buffer for a snapshot, has the name of what it is in `ignored`, or is in `quarantined` with a
stable reason; `ts_init` of an event is that of the frame it came in; book deltas are published
only in an unbroken sequence, after the snapshot that they continue.

Reasons of `FeedStatus`: LIVE `connected` (the first time on this connection) and `book.resynced`
(trades were never missing); RESYNC `book.sequence_gap`, `book.bad_checksum`, `book.crossed`,
`frame.lost` (a frame that could not be read); DOWN as given to `on_disconnect`.

Reasons of `Quarantined`: `frame.not_json`, `frame.truncated`, `frame.not_text`, `frame.shape` (JSON
that does not have the fields of its kind), `frame.unknown_kind`, `frame.unknown_symbol`,
`frame.venue_error` (the venue refused something), `value.not_a_number`, `value.negative_price`,
`value.negative_size`, `value.time_out_of_range`, `book.sequence_gap` (deltas lost when the bounded
buffer overflowed), `book.crossed`, `book.bad_checksum`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

import msgspec

from market.events import Bar, MarketEvent, Quarantined
from market.instruments import Instrument
from market.order_book import OrderBook


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One connection: connect to `ws_url + url_path`, then send `messages` in order.

    `symbols` are those whose data arrives on this connection; its session is made with them.
    """

    url_path: str
    messages: list[bytes]
    symbols: list[str]


class FetchSnapshot(msgspec.Struct, frozen=True):
    """GET `rest_url + rest_path` and give the body to `on_rest` with the same path.

    Asked once per symbol and outage; a request that fails is the collector's to repeat.
    """

    symbol: str
    rest_path: str


class Resubscribe(msgspec.Struct, frozen=True):
    """Send `messages` on this connection, in order: the symbol's book starts anew."""

    symbol: str
    messages: list[bytes]


class Send(msgspec.Struct, frozen=True):
    """Send one message on this connection (such as the answer to an application-level ping)."""

    message: bytes


class Reconnect(msgspec.Struct, frozen=True):
    """Close this connection and open it again with a new session."""

    reason: str


Action: TypeAlias = FetchSnapshot | Resubscribe | Send | Reconnect


class Decoded(NamedTuple):
    """What one frame or one REST answer came to.

    `ignored` names a frame that is no market data of ours (`heartbeat`, `subscription`, `candles`,
    `ticker_24h`, `depth.stale`, …); `symbol` is the one that such a frame is about, if any. A delta
    that waits for its snapshot gives nothing yet; `stale` counts those that waited and that the
    snapshot proved obsolete (each would have been `depth.stale`).
    """

    events: Sequence[MarketEvent] = ()
    ignored: str | None = None
    actions: Sequence[Action] = ()
    quarantined: Sequence[Quarantined] = ()
    symbol: str | None = None
    stale: int = 0


class BookChecks(msgspec.Struct):
    """How often the integrity rule of one symbol's book was applied on this connection."""

    gaps: int = 0
    checksum_ok: int = 0
    checksum_failed: int = 0


class Session(Protocol):
    """The decoder state of one connection."""

    def on_frame(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode one websocket frame received at `ts_init` (nanoseconds UTC). Never raises."""
        ...

    def on_rest(self, path: str, body: bytes, ts_init: int) -> Decoded:
        """Take a REST answer (a book snapshot that `FetchSnapshot` asked for). Never raises."""
        ...

    def on_snapshot_unavailable(self, symbol: str, ts_init: int) -> Decoded:
        """Go on without a snapshot: publish deltas alone, checked by their sequence.

        A recording without REST answers needs this; a collector asks again instead.
        """
        ...

    def on_disconnect(self, reason: str, ts_init: int) -> Decoded:
        """Tell that the connection is gone; returns FeedStatus DOWN of each symbol seen."""
        ...

    def book(self, symbol: str) -> OrderBook | None:
        """The symbol's book while it is live and whole, else nothing. Read it, don't change it."""
        ...

    def checks(self) -> Mapping[str, BookChecks]:
        """Counters of gaps and checksums by symbol, since the session was made."""
        ...


@runtime_checkable
class Exchange(Protocol):
    """A venue as one frozen object.

    `venue` is the name in events and settings. `ws_url` and `rest_url` have no trailing slash; the
    simulator's base URL takes the place of both. `fees` are fractions of the notional at the
    venue's entry tier. `silence_s` without any frame means that the connection is dead.
    """

    @property
    def venue(self) -> str:
        """The name of the market, such as `binance`."""
        ...

    @property
    def ws_url(self) -> str:
        """Websocket base, such as `wss://stream.binance.com:9443`."""
        ...

    @property
    def rest_url(self) -> str:
        """REST base, such as `https://api.binance.com`."""
        ...

    @property
    def maker_fee(self) -> Decimal:
        """Fee of an order that rested, as a fraction of the notional."""
        ...

    @property
    def taker_fee(self) -> Decimal:
        """Fee of an order that took liquidity, as a fraction of the notional."""
        ...

    @property
    def silence_s(self) -> float:
        """Seconds without a frame after which the connection counts as dead."""
        ...

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        """Return the connections to open for trades, quotes and books of `symbols`."""
        ...

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> Session:
        """Return decoder state for one new connection.

        With `symbols`, frames of any other symbol are quarantined. Without (a recording), symbols
        are read from the instruments, or derived from the venue's own names where those lack one.
        """
        ...

    def speaks(self, frame: bytes) -> bool:
        """Whether a frame looks like this venue's dialect; two of one venue must not both agree."""
        ...

    def bars_request(self, symbol: str, timeframe: str, since_ns: int, limit: int) -> str:
        """Return the REST path and query for `limit` bars that open at or after `since_ns`."""
        ...

    def decode_bars(self, symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
        """Read the answer: bars closed at `ts_init`, oldest first, `source` "venue".

        Raises:
            BadMessage: the body is an error of the venue, or not bars.
        """
        ...

    def instruments_request(self) -> str:
        """Return the REST path that lists the venue's instruments."""
        ...

    def decode_instruments(self, body: bytes) -> list[Instrument]:
        """Read the list; instruments of a kind that Tidegate does not name are left out.

        Raises:
            BadMessage: the body is an error of the venue, or not its instruments.
        """
        ...
