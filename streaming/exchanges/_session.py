"""What the sessions of all venues share: the shield around decoding, symbols, books, counters."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from market.clock import NS_PER_S
from market.events import RAW_BYTES_MAX, FeedState, FeedStatus, MarketEvent, Quarantined
from market.instruments import Instrument
from market.order_book import OrderBook
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Action, BookChecks, Decoded, Reconnect
from streaming.exchanges._values import DECODING_ERRORS, BadFrame, explain

T = TypeVar("T")


class Symbols:
    """Our symbols by the venue's names.

    With `symbols` any other name is unknown. Without, `instruments` tell, and for a name that they
    don't have (a recording's list may be of another day) `derive` reads the symbol from the name
    itself, and returns nothing where it can't. `last` is the symbol last asked for: a frame that is
    refused after that is about it.
    """

    def __init__(
        self,
        symbols: Sequence[str],
        instruments: Sequence[Instrument],
        *,
        native: Callable[[str], str],
        derive: Callable[[str], str | None],
    ) -> None:
        names = symbols or [instrument.symbol for instrument in instruments]
        self._known = {native(symbol): symbol for symbol in names}
        self._derive = None if symbols else derive
        self.last = ""

    def of(self, name: str) -> str:
        """Return our symbol for the venue's name.

        Raises:
            BadFrame: the name is not known.
        """
        symbol = self._known.get(name)
        if symbol is None:
            symbol = self._derive(name) if self._derive else None
            if symbol is None:
                raise BadFrame("frame.unknown_symbol", f"no instrument is named {name[:40]!r}")
            self._known[name] = symbol
        self.last = symbol
        return symbol

    def known(self, name: str) -> str | None:
        """Return our symbol for the venue's name, or nothing; for frames that are ignored anyway."""
        try:
            return self.of(name)
        except BadFrame:
            return None


class BaseSession(ABC):
    """A session without its venue: subclasses decode, this class keeps the promises.

    A subclass raises `BadFrame` (or lets msgspec's errors pass) for a frame it can't take. Where a
    venue has no numbers by which a book notices that a frame of its own is missing, the subclass says
    so before it reads one: `books_at_risk` are given up when it turns out to be unreadable.
    """

    def __init__(self, venue: str, symbols: Symbols) -> None:
        self._venue = venue
        self._symbols = symbols
        self._feeds: dict[str, BookFeed] = {}
        self._books_at_risk: Collection[str] = ()
        self._look_ns = 0

    def on_frame(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode one websocket frame; what can't be decoded is quarantined, an empty one named."""
        self._symbols.last, self._books_at_risk = "", ()
        try:
            decoded = self._decode(frame, ts_init)
        except DECODING_ERRORS as error:
            return self._refuse(error, frame, ts_init)
        if ts_init >= self._look_ns:
            self._look_ns = ts_init + NS_PER_S
            if any(feed.is_overdue(ts_init) for feed in self._feeds.values()):
                return decoded._replace(actions=[*decoded.actions, Reconnect("book.not_resynced")])
        return decoded if any(decoded) else Decoded(ignored="empty")

    def on_rest(self, path: str, body: bytes, ts_init: int) -> Decoded:
        """Take a REST answer; what can't be decoded is quarantined."""
        self._symbols.last, self._books_at_risk = "", ()
        try:
            return self._decode_rest(path, body, ts_init)
        except DECODING_ERRORS as error:
            # Its book would wait for ever; a new connection asks again, after a pause.
            refused = self._refuse(error, body, ts_init)
            return refused._replace(actions=[Reconnect("snapshot.unreadable")])

    def on_snapshot_unavailable(self, symbol: str, ts_init: int) -> Decoded:  # noqa: ARG002
        """Publish the symbol's deltas without a snapshot from now on."""
        feed = self._feeds.get(symbol)
        return feed.on_unavailable() if feed else Decoded()

    def on_disconnect(self, reason: str, ts_init: int) -> Decoded:
        """Return FeedStatus DOWN for each symbol that had a book here."""
        return Decoded(
            [
                FeedStatus(
                    venue=self._venue,
                    symbol=symbol,
                    ts_event=ts_init,
                    ts_init=ts_init,
                    state=FeedState.DOWN,
                    reason=reason,
                )
                for symbol in self._feeds
            ]
        )

    def book(self, symbol: str) -> OrderBook | None:
        """Return the symbol's book while it is live."""
        feed = self._feeds.get(symbol)
        return feed.book if feed and feed.is_live else None

    def checks(self) -> Mapping[str, BookChecks]:
        """Return the counters of gaps and checksums by symbol."""
        return {symbol: feed.checks for symbol, feed in self._feeds.items()}

    @abstractmethod
    def _decode(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode one frame; may raise any of DECODING_ERRORS."""

    def _decode_rest(self, path: str, body: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode a REST answer; venues whose snapshots come in the stream need none."""
        return Decoded(ignored=f"http:{resource_of(path)}")

    def _each(self, read: Callable[[T], Decoded], parts: Iterable[T], frame: bytes, ts_init: int) -> Decoded:
        """Read the parts of a frame one by one: a bad one does not take the others with it."""
        return merged([self._part(read, part, frame, ts_init) for part in parts])

    def _part(self, read: Callable[[T], Decoded], part: T, frame: bytes, ts_init: int) -> Decoded:
        self._symbols.last = ""
        try:
            return read(part)
        except DECODING_ERRORS as error:
            return self._refuse(error, frame, ts_init)

    def _refuse(self, error: Exception, frame: bytes, ts_init: int) -> Decoded:
        reason, detail = explain(error)
        symbol = self._symbols.last
        lost = self._give_up_books(self._books_of(error), ts_init)
        refused = Quarantined(
            venue=self._venue,
            symbol=symbol,
            ts_event=ts_init,
            ts_init=ts_init,
            reason=reason,
            detail=detail,
            raw=frame[:RAW_BYTES_MAX],
        )
        return lost._replace(quarantined=[refused], symbol=symbol or None)

    def _books_of(self, error: Exception) -> Collection[str]:
        """Return whose books lack what the frame held."""
        if not isinstance(error, BadFrame):
            return self._books_at_risk
        if error.code == "frame.unknown_symbol":
            return ()
        return (error.book_of,) if error.book_of else self._books_at_risk

    def _give_up_books(self, symbols: Iterable[str], ts_init: int) -> Decoded:
        feeds = [feed for symbol in symbols if (feed := self._feeds.get(symbol))]
        return merged([feed.lose("frame.lost", None, ts_init) for feed in feeds]) if feeds else Decoded()


def merged(parts: Iterable[Decoded]) -> Decoded:
    """Join what the parts of one frame came to; a name stays only where nothing else came of it."""
    events: list[MarketEvent] = []
    actions: list[Action] = []
    quarantined: list[Quarantined] = []
    names: list[str] = []
    symbols: set[str | None] = set()
    for part in parts:
        events += part.events
        actions += part.actions
        quarantined += part.quarantined
        symbols.add(part.symbol)
        if part.ignored is not None:
            names.append(part.ignored)
    ignored = names[0] if names and not events and not quarantined else None
    return Decoded(events, ignored, actions, quarantined, symbols.pop() if len(symbols) == 1 else None)


def resource_of(path: str) -> str:
    """Return the last part of a REST path without its query: `/api/v3/exchangeInfo` → exchangeInfo."""
    return path.partition("?")[0].rstrip("/").rpartition("/")[2][:40]


def query_of(path: str, name: str) -> str | None:
    """Return one parameter of a REST path's query, unescaped letters only, or nothing."""
    for pair in path.partition("?")[2].split("&"):
        key, _, value = pair.partition("=")
        if key == name:
            return value
    return None
