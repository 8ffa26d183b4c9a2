"""Kraken spot through version 1 of its websocket: arrays, and names such as XBT/USD.

Books carry a CRC32 of their ten best levels after each update, over the numbers as sent; a book is
kept to the depth subscribed to, whose overflow the venue does not delete. Trades have no id: the
venue's time and the place in the message stand for it.
Source: https://docs.kraken.com/api/docs/websocket-v1/book (2026-11).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from market.events import BookDelta, BookSnapshot, Level, Quote, Side, Trade
from market.instruments import Instrument
from market.order_book import OrderBook
from streaming.exchanges import _kraken_rest as rest
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Action, Decoded, Resubscribe, Subscription
from streaming.exchanges._session import BaseSession, Symbols
from streaming.exchanges._values import BadFrame, check_book, check_price, check_size, ns_from_seconds

DEPTH = 10

_IGNORED_EVENTS = {
    "heartbeat": "heartbeat",
    "systemStatus": "system_status",
    "subscriptionStatus": "subscription",
    "pong": "pong",
}


class _Event(msgspec.Struct, gc=False):
    event: str
    status: str = ""
    errorMessage: str = ""  # noqa: N815


class _Book(msgspec.Struct, gc=False):
    """Levels as [price, size, time], with "r" for one that was sent before."""

    asks: list[list[str]] = msgspec.field(name="a", default_factory=list)
    bids: list[list[str]] = msgspec.field(name="b", default_factory=list)
    all_asks: list[list[str]] | None = msgspec.field(name="as", default=None)
    all_bids: list[list[str]] | None = msgspec.field(name="bs", default=None)
    checksum: str | None = msgspec.field(name="c", default=None)


class _Ticker(msgspec.Struct, gc=False):
    ask: list[str | int] = msgspec.field(name="a")
    bid: list[str | int] = msgspec.field(name="b")


_EVENT = msgspec.json.Decoder(_Event)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_BOOK = msgspec.json.Decoder(_Book)
_TRADES = msgspec.json.Decoder(list[list[str]])
_TICKER = msgspec.json.Decoder(_Ticker)
_SPREAD = msgspec.json.Decoder(list[str])


class KrakenV1Session(BaseSession):
    """Decoder state of one connection to version 1."""

    def __init__(self, venue: str, symbols: Symbols) -> None:
        super().__init__(venue, symbols)
        self._handlers: dict[str, Callable[[str, list[msgspec.Raw], bytes, int], Decoded]] = {
            "trade": self._trades,
            "ticker": self._ticker,
            "spread": self._spread,
        }

    def _decode(self, frame: bytes, ts_init: int) -> Decoded:
        if frame.lstrip()[:1] != b"[":
            return self._event(_EVENT.decode(frame))
        parts = _ARRAY.decode(frame)
        if len(parts) < 4:
            raise BadFrame("frame.shape", f"an array of {len(parts)} where 4 or 5 are due")
        channel = _TEXT.decode(parts[-2])
        symbol = self._symbols.of(_TEXT.decode(parts[-1]))
        if channel.startswith("book-"):
            return self._books(symbol, channel, parts[1:-2], frame, ts_init)
        if handler := self._handlers.get(channel):
            return handler(symbol, parts, frame, ts_init)
        if channel.startswith("ohlc"):
            return Decoded(ignored="candles", symbol=symbol)
        raise BadFrame("frame.unknown_kind", f"no decoder for channel {channel[:40]!r}")

    def _event(self, message: _Event) -> Decoded:
        if message.status == "error" or message.event == "error":
            raise BadFrame("frame.venue_error", message.errorMessage[:200])
        if message.event in _IGNORED_EVENTS:
            return Decoded(ignored=_IGNORED_EVENTS[message.event])
        raise BadFrame("frame.unknown_kind", f"no decoder for event {message.event[:40]!r}")

    def _books(
        self, symbol: str, channel: str, parts: list[msgspec.Raw], frame: bytes, ts_init: int
    ) -> Decoded:
        """Decode a whole book or changed levels, which may come as two objects.

        [336,{"as":[["27120.00000","4.28732553","1693415327.935623"]],"bs":[…]},"book-10","XBT/USD"]
        [336,{"a":[["27120.00000","4.28732553","1693415333.7"]]},{"b":[…],"c":"2080666133"},
         "book-10","XBT/USD"]
        """
        self._books_at_risk = (symbol,)
        messages = [_BOOK.decode(part) for part in parts]
        feed = self._feed(symbol, channel)
        whole = messages[0]
        if whole.all_asks is not None or whole.all_bids is not None:
            bids, asks = _levels(whole.all_bids or []), _levels(whole.all_asks or [])
            check_book(symbol, bids, asks)
            snapshot = BookSnapshot(
                venue=self._venue,
                symbol=symbol,
                ts_event=_newest(whole.all_bids or [], whole.all_asks or [], ts_init),
                ts_init=ts_init,
                sequence=feed.next_sequence,
                bids=sorted(bids, reverse=True),
                asks=sorted(asks),
            )
            return feed.on_snapshot(snapshot, frame, _verifier(whole.checksum))
        bid_rows = [row for message in messages for row in message.bids]
        ask_rows = [row for message in messages for row in message.asks]
        bids, asks = _levels(bid_rows), _levels(ask_rows)
        check_book(symbol, bids, asks)
        delta = BookDelta(
            venue=self._venue,
            symbol=symbol,
            ts_event=_newest(bid_rows, ask_rows, ts_init),
            ts_init=ts_init,
            first_sequence=feed.next_sequence,
            sequence=feed.next_sequence,
            bids=bids,
            asks=asks,
        )
        return feed.on_delta(delta, frame, _verifier(messages[-1].checksum))

    def _trades(self, symbol: str, parts: list[msgspec.Raw], frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode trades; the side is the taker's.

        [993,[["354.11000000","0.89594024","1618678142.557535","s","l",""]],"trade","XMR/USD"]
        """
        return Decoded(
            [
                Trade(
                    venue=self._venue,
                    symbol=symbol,
                    ts_event=ns_from_seconds(row[2]),
                    ts_init=ts_init,
                    price=check_price(Decimal(row[0])),
                    size=check_price(Decimal(row[1])),
                    side=_side(row[3]),
                    trade_id=f"{row[2]}-{index}",
                )
                for index, row in enumerate(_TRADES.decode(parts[1]))
            ]
        )

    def _ticker(self, symbol: str, parts: list[msgspec.Raw], frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode the best bid and ask of a ticker: [price, whole lots, size].

        [1668,{"a":["13.253900",35,"35.72892241"],"b":["13.232900",185,"185.18432037"],
         "c":["13.253900","3.71672000"],…},"ticker","WAVES/EUR"]
        """
        ticker = _TICKER.decode(parts[1])
        return Decoded([self._to_quote(symbol, ticker.bid[0::2], ticker.ask[0::2], ts_init, ts_init)])

    def _spread(self, symbol: str, parts: list[msgspec.Raw], frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode the best bid and ask: [bid, ask, time, bid size, ask size].

        [0,["5698.40000","5700.00000","1542057299.545897","1.01234567","0.98765432"],"spread","XBT/USD"]
        """
        row = _SPREAD.decode(parts[1])
        return Decoded([self._to_quote(symbol, row[0::3], row[1::3], ns_from_seconds(row[2]), ts_init)])

    def _to_quote(
        self, symbol: str, bid: Sequence[str | int], ask: Sequence[str | int], ts_event: int, ts_init: int
    ) -> Quote:
        return Quote(
            venue=self._venue,
            symbol=symbol,
            ts_event=ts_event,
            ts_init=ts_init,
            bid_price=check_price(Decimal(bid[0])),
            bid_size=check_size(Decimal(bid[1])),
            ask_price=check_price(Decimal(ask[0])),
            ask_size=check_size(Decimal(ask[1])),
        )

    def _feed(self, symbol: str, channel: str) -> BookFeed:
        feed = self._feeds.get(symbol)
        if feed is None:
            depth = int(channel[5:]) if channel[5:].isdecimal() and len(channel) < 10 else DEPTH
            feed = self._feeds[symbol] = BookFeed(
                self._venue, symbol, lambda: _resubscribe(symbol, depth), buffers=False, depth=depth
            )
        return feed


def _verifier(checksum: str | None) -> Callable[[OrderBook], bool] | None:
    if checksum is None:
        return None
    return lambda book: str(rest.checksum_as_sent(book)) == checksum


def _levels(rows: list[list[str]]) -> list[Level]:
    return [(Decimal(row[0]), Decimal(row[1])) for row in rows]


def _newest(bids: list[list[str]], asks: list[list[str]], ts_init: int) -> int:
    times = [ns_from_seconds(row[2]) for row in (*bids, *asks)]
    return max(times, default=ts_init)


def _side(letter: str) -> Side:
    if letter not in ("b", "s"):
        raise BadFrame("frame.shape", f"a side {letter[:10]!r} where b or s is due")
    return Side.BUY if letter == "b" else Side.SELL


def _resubscribe(symbol: str, depth: int) -> Action:
    request = {"pair": [rest.native(symbol)], "subscription": {"name": "book", "depth": depth}}
    messages = [{"event": event, **request} for event in ("unsubscribe", "subscribe")]
    return Resubscribe(symbol, [msgspec.json.encode(message) for message in messages])


class KrakenV1Exchange(rest.KrakenSpot, frozen=True, kw_only=True):
    """Kraken's older public feed; the market is the same as `kraken`."""

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        """Return one connection that subscribes to trades, spreads and books."""
        names: tuple[dict[str, str | int], ...] = (
            {"name": "trade"},
            {"name": "spread"},
            {"name": "book", "depth": DEPTH},
        )
        pairs = [rest.native(symbol) for symbol in symbols]
        requests = [{"event": "subscribe", "pair": pairs, "subscription": name} for name in names]
        messages = [msgspec.json.encode(request) for request in requests]
        return [Subscription(url_path="", messages=messages, symbols=list(symbols))]

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> KrakenV1Session:
        """Return decoder state for one connection."""
        table = Symbols(symbols, instruments, native=rest.native, derive=rest.symbol_of)
        return KrakenV1Session(self.venue, table)

    def speaks(self, frame: bytes) -> bool:
        """Whether the frame is an array, or an object with an event."""
        return frame.lstrip()[:1] == b"[" or b'"event"' in frame[:200]


EXCHANGE = KrakenV1Exchange()
