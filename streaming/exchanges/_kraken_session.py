"""Decoder state of Kraken's websocket version 2.

Books carry a CRC32 of their ten best levels after each update, over prices and sizes padded to the
instrument's decimals. Those come from the `instrument` channel; without it they are learned from
the first snapshot, as the decimals with which its own checksum comes out. A book is kept to the
depth subscribed to: what falls out of it the venue does not delete.
Source: https://docs.kraken.com/api/docs/websocket-v2/book (2026-11).
"""

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any, Literal

import msgspec

from market.events import BookDelta, BookSnapshot, Level, Quote, Side, Trade
from market.order_book import OrderBook
from streaming.exchanges import _kraken_rest as rest
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Action, Decoded, Resubscribe
from streaming.exchanges._session import BaseSession, Symbols
from streaming.exchanges._values import BadFrame, check_book, check_price, check_size, ns_from_rfc3339

DEPTH = 25
DECIMALS_MAX = 12

_IGNORED_CHANNELS = {
    "heartbeat": "heartbeat",
    "status": "system_status",
    "ohlc": "candles",
    "level3": "level3",
}


class _Envelope(msgspec.Struct, gc=False):
    channel: str = ""
    type: str = ""
    data: msgspec.Raw = msgspec.Raw(b"[]")
    method: str = ""
    success: bool = True
    error: str = ""
    result: msgspec.Raw = msgspec.Raw(b"{}")


class _Level(msgspec.Struct, gc=False):
    price: Decimal
    qty: Decimal


class _Book(msgspec.Struct, gc=False):
    symbol: str
    bids: list[_Level] = []
    asks: list[_Level] = []
    checksum: int | None = None
    timestamp: str = ""


class _Trade(msgspec.Struct, gc=False):
    symbol: str
    side: Literal["buy", "sell"]
    price: Decimal
    qty: Decimal
    trade_id: int
    timestamp: str


class _Ticker(msgspec.Struct, gc=False):
    symbol: str
    bid: Decimal
    bid_qty: Decimal
    ask: Decimal
    ask_qty: Decimal
    timestamp: str = ""


class _Pair(msgspec.Struct, gc=False):
    symbol: str
    price_precision: int
    qty_precision: int


class _Instruments(msgspec.Struct):
    pairs: list[_Pair]


class _Subscribed(msgspec.Struct, gc=False):
    channel: str = ""
    symbol: str = ""
    depth: int = 0


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_BOOKS = msgspec.json.Decoder(list[_Book])
_TRADES = msgspec.json.Decoder(list[_Trade])
_TICKERS = msgspec.json.Decoder(list[_Ticker])
_INSTRUMENTS = msgspec.json.Decoder(_Instruments)
_SUBSCRIBED = msgspec.json.Decoder(_Subscribed)


class KrakenSession(BaseSession):
    """Decoder state of one connection to version 2."""

    def __init__(self, venue: str, symbols: Symbols, depth: int) -> None:
        super().__init__(venue, symbols)
        self._depth = depth
        self._depths: dict[str, int] = {}
        self._decimals: dict[str, tuple[int, int]] = {}
        self._handlers: dict[str, Callable[[_Envelope, bytes, int], Decoded]] = {
            "book": self._books,
            "trade": self._trades,
            "ticker": self._quotes,
            "instrument": self._instruments,
        }

    def _decode(self, frame: bytes, ts_init: int) -> Decoded:
        envelope = _ENVELOPE.decode(frame)
        if envelope.method or envelope.error:
            return self._answer(envelope)
        if handler := self._handlers.get(envelope.channel):
            return handler(envelope, frame, ts_init)
        if envelope.channel in _IGNORED_CHANNELS:
            return Decoded(ignored=_IGNORED_CHANNELS[envelope.channel])
        raise BadFrame("frame.unknown_kind", f"no decoder for channel {envelope.channel[:40]!r}")

    def _answer(self, envelope: _Envelope) -> Decoded:
        """Decode the answer to a request.

        {"method":"subscribe","result":{"channel":"book","depth":10,"snapshot":true,
         "symbol":"BTC/USD"},"success":true,"time_in":"2023-09-25T09:04:31.742599Z","time_out":"…"}
        """
        if envelope.error or not envelope.success:
            raise BadFrame("frame.venue_error", envelope.error[:200] or "a request failed")
        if envelope.method == "subscribe":
            subscribed = _SUBSCRIBED.decode(envelope.result)
            if subscribed.channel == "book" and subscribed.depth > 0:
                self._depths[subscribed.symbol] = subscribed.depth
        return Decoded(ignored="pong" if envelope.method == "pong" else "subscription")

    def _books(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:
        """Decode whole books and changed levels.

        {"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[{"price":
         29431.1,"qty":0.0},{"price":29433.3,"qty":0.8}],"checksum":3547452596,
         "timestamp":"2023-07-30T15:29:58.343415Z"}]}
        """
        self._books_at_risk = tuple(self._feeds)
        is_snapshot = envelope.type == "snapshot"
        books = _BOOKS.decode(envelope.data)
        return self._each(lambda book: self._book(book, frame, ts_init, is_snapshot), books, frame, ts_init)

    def _book(self, book: _Book, frame: bytes, ts_init: int, is_snapshot: bool) -> Decoded:  # noqa: FBT001
        symbol = self._symbols.of(book.symbol)
        self._books_at_risk = (symbol,)
        bids: list[Level] = [(level.price, level.qty) for level in book.bids]
        asks: list[Level] = [(level.price, level.qty) for level in book.asks]
        check_book(symbol, bids, asks)
        feed = self._feed(symbol, max(len(bids), len(asks)) if is_snapshot else 0)
        sequence = feed.next_sequence
        ts_event = ns_from_rfc3339(book.timestamp) if book.timestamp else ts_init
        if is_snapshot:
            snapshot = BookSnapshot(
                venue=self._venue,
                symbol=symbol,
                ts_event=ts_event,
                ts_init=ts_init,
                sequence=sequence,
                bids=sorted(bids, reverse=True),
                asks=sorted(asks),
            )
            return feed.on_snapshot(snapshot, frame, self._verifier(symbol, book.checksum, learns=True))
        delta = BookDelta(
            venue=self._venue,
            symbol=symbol,
            ts_event=ts_event,
            ts_init=ts_init,
            first_sequence=sequence,
            sequence=sequence,
            bids=bids,
            asks=asks,
        )
        return feed.on_delta(delta, frame, self._verifier(symbol, book.checksum, learns=False))

    def _verifier(
        self, symbol: str, checksum: int | None, *, learns: bool
    ) -> Callable[[OrderBook], bool] | None:
        if checksum is None:
            return None

        def is_valid(book: OrderBook) -> bool:
            known = self._decimals.get(symbol)
            if known and rest.checksum_of_precision(book, *known) == checksum:
                return True
            if not learns:
                return False
            found = _decimals_that_give(checksum, book)
            if found:
                self._decimals[symbol] = found
            return found is not None

        return is_valid

    def _trades(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode trades; the side is the taker's, a snapshot tells of those before the connection.

        {"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.5117,
         "qty":40.0,"ord_type":"market","trade_id":4665906,"timestamp":"2023-09-25T07:49:37.708706Z"}]}
        """
        trades = _TRADES.decode(envelope.data)
        if envelope.type == "snapshot" or not trades:
            return Decoded(ignored="trade_history")
        return Decoded(
            [
                Trade(
                    venue=self._venue,
                    symbol=self._symbols.of(trade.symbol),
                    ts_event=ns_from_rfc3339(trade.timestamp),
                    ts_init=ts_init,
                    price=check_price(trade.price),
                    size=check_price(trade.qty),
                    side=Side.BUY if trade.side == "buy" else Side.SELL,
                    trade_id=str(trade.trade_id),
                )
                for trade in trades
            ]
        )

    def _quotes(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode the best bid and ask of a ticker.

        {"channel":"ticker","type":"update","data":[{"symbol":"ALGO/USD","bid":0.10025,"bid_qty":740.0,
         "ask":0.10036,"ask_qty":1361.44813783,"last":0.10035,"volume":997038.98383185,"vwap":0.10148,
         "low":0.09979,"high":0.10285,"change":-0.00017,"change_pct":-0.17}]}
        """
        return Decoded(
            [
                Quote(
                    venue=self._venue,
                    symbol=self._symbols.of(ticker.symbol),
                    ts_event=ns_from_rfc3339(ticker.timestamp) if ticker.timestamp else ts_init,
                    ts_init=ts_init,
                    bid_price=check_price(ticker.bid),
                    bid_size=check_size(ticker.bid_qty),
                    ask_price=check_price(ticker.ask),
                    ask_size=check_size(ticker.ask_qty),
                )
                for ticker in _TICKERS.decode(envelope.data)
            ]
        )

    def _instruments(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Learn the decimals of each pair.

        {"channel":"instrument","type":"snapshot","data":{"assets":[…],"pairs":[{"symbol":"BTC/USD",
         "base":"BTC","quote":"USD","price_precision":1,"qty_precision":8,"qty_min":0.0001,
         "price_increment":0.1,"qty_increment":0.00000001,"status":"online"}]}}
        """
        for pair in _INSTRUMENTS.decode(envelope.data).pairs:
            if 0 <= pair.price_precision <= DECIMALS_MAX and 0 <= pair.qty_precision <= DECIMALS_MAX:
                self._decimals[pair.symbol] = (pair.price_precision, pair.qty_precision)
        return Decoded(ignored="instruments")

    def _feed(self, symbol: str, levels: int) -> BookFeed:
        feed = self._feeds.get(symbol)
        if feed is None:
            # Where a recording does not tell the depth, a snapshot longer than ours does.
            depth = self._depths.get(symbol) or _depth_of(levels) or self._depth
            feed = self._feeds[symbol] = BookFeed(
                self._venue, symbol, lambda: _resubscribe(symbol, depth), buffers=False, depth=depth
            )
        return feed


def _depth_of(levels: int) -> int | None:
    return next((depth for depth in (10, 25, 100, 500, 1000) if levels == depth), None)


def _decimals_that_give(checksum: int, book: OrderBook) -> tuple[int, int] | None:
    levels = book.asks(rest.CHECKSUM_LEVELS) + book.bids(rest.CHECKSUM_LEVELS)
    price_min = max((_decimals_of(price) for price, _ in levels), default=0)
    size_min = max((_decimals_of(size) for _, size in levels), default=0)
    prices = range(price_min, DECIMALS_MAX + 1)
    sizes = range(size_min, DECIMALS_MAX + 1)
    candidates = sorted(product(prices, sizes), key=lambda pair: (abs(pair[1] - 8), pair[0]))
    return next((pair for pair in candidates if rest.checksum_of_precision(book, *pair) == checksum), None)


def _decimals_of(value: Decimal) -> int:
    """Return how many decimals a value needs; zeros at its end may be padding of the venue's."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def request(method: str, **params: Any) -> bytes:
    """Write a request of version 2."""
    return msgspec.json.encode({"method": method, "params": params})


def _resubscribe(symbol: str, depth: int) -> Action:
    params = {"channel": "book", "symbol": [symbol], "depth": depth}
    return Resubscribe(symbol, [request("unsubscribe", **params), request("subscribe", **params)])
