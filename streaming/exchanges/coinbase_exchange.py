"""Coinbase Exchange's own feed (once Coinbase Pro): the dialect of older recordings.

Its level2 channel has no sequence; a connection delivers all or breaks, so that deltas continue the
snapshot by their order alone. `side` of a match is the maker's.
Source: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels (2026-11).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from market.events import BookDelta, BookSnapshot, Level, Quote, Side, Trade
from market.instruments import Instrument
from streaming.exchanges import _coinbase_rest as rest
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Action, Decoded, Resubscribe, Subscription
from streaming.exchanges._session import BaseSession, Symbols
from streaming.exchanges._values import BadFrame, Number, check_book, check_price, check_size, ns_from_rfc3339

CHANNELS = ["level2_batch", "matches", "ticker", "heartbeat"]

_IGNORED_TYPES = {
    "subscriptions": "subscription",
    "heartbeat": "heartbeat",
    "last_match": "trade_history",
    "status": "product_status",
    "received": "order",
    "open": "order",
    "done": "order",
    "change": "order",
    "activate": "order",
    "auction": "auction",
}


class _Head(msgspec.Struct, gc=False):
    type: str
    product_id: str = ""
    message: str = ""


class _Match(msgspec.Struct, gc=False):
    trade_id: int
    side: Literal["buy", "sell"]
    size: Decimal
    price: Decimal
    product_id: str
    time: str


class _Snapshot(msgspec.Struct, gc=False):
    product_id: str
    bids: list[Level]
    asks: list[Level]
    time: str = ""


class _Update(msgspec.Struct, gc=False):
    product_id: str
    changes: list[tuple[Literal["buy", "sell"], Decimal, Decimal]]
    time: str = ""


class _Ticker(msgspec.Struct, gc=False):
    product_id: str
    best_bid: str = ""
    best_ask: str = ""
    best_bid_size: str = ""
    best_ask_size: str = ""
    time: str = ""
    sequence: Number = 0


_HEAD = msgspec.json.Decoder(_Head)
_MATCH = msgspec.json.Decoder(_Match)
_SNAPSHOT = msgspec.json.Decoder(_Snapshot)
_UPDATE = msgspec.json.Decoder(_Update)
_TICKER = msgspec.json.Decoder(_Ticker)


class CoinbaseExchangeSession(BaseSession):
    """Decoder state of one connection to the Exchange feed."""

    def __init__(self, venue: str, symbols: Symbols) -> None:
        super().__init__(venue, symbols)
        self._handlers: dict[str, Callable[[bytes, int], Decoded]] = {
            "match": self._match,
            "snapshot": self._snapshot,
            "l2update": self._update,
            "ticker": self._ticker,
        }

    def _decode(self, frame: bytes, ts_init: int) -> Decoded:
        head = _HEAD.decode(frame)
        if handler := self._handlers.get(head.type):
            return handler(frame, ts_init)
        if head.type in _IGNORED_TYPES:
            return Decoded(ignored=_IGNORED_TYPES[head.type], symbol=self._symbols.known(head.product_id))
        if head.type == "error":
            raise BadFrame("frame.venue_error", head.message[:200])
        raise BadFrame("frame.unknown_kind", f"no decoder for type {head.type[:40]!r}")

    def _match(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode a trade.

        {"type":"match","trade_id":280232,"maker_order_id":"2a0da34e-…","taker_order_id":"3c82abaa-…",
         "side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC","sequence":177100030,
         "time":"2021-04-17T16:43:37.089723Z"}
        """
        match = _MATCH.decode(frame)
        trade = Trade(
            venue=self._venue,
            symbol=self._symbols.of(match.product_id),
            ts_event=ns_from_rfc3339(match.time),
            ts_init=ts_init,
            price=check_price(match.price),
            size=check_price(match.size),
            side=Side.BUY if match.side == "sell" else Side.SELL,
            trade_id=str(match.trade_id),
        )
        return Decoded([trade])

    def _snapshot(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode a whole book; older ones carry no time.

        {"type":"snapshot","product_id":"BAND-GBP","asks":[["14.8024","12.77"]],"bids":[["14.75","9"]]}
        """
        message = _SNAPSHOT.decode(frame)
        symbol = self._symbols.of(message.product_id)
        check_book(symbol, message.bids, message.asks)
        feed = self._feed(symbol)
        snapshot = BookSnapshot(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_rfc3339(message.time) if message.time else ts_init,
            ts_init=ts_init,
            sequence=feed.next_sequence,
            bids=sorted(message.bids, reverse=True),
            asks=sorted(message.asks),
        )
        return feed.on_snapshot(snapshot, frame)

    def _update(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode changed levels.

        {"type":"l2update","product_id":"SKL-BTC","changes":[["sell","0.00001306","660.5"]],
         "time":"2021-04-17T16:43:37.075687Z"}
        """
        self._books_at_risk = tuple(self._feeds)
        message = _UPDATE.decode(frame)
        symbol = self._symbols.of(message.product_id)
        self._books_at_risk = (symbol,)
        bids = [(price, size) for side, price, size in message.changes if side == "buy"]
        asks = [(price, size) for side, price, size in message.changes if side == "sell"]
        check_book(symbol, bids, asks)
        feed = self._feed(symbol)
        delta = BookDelta(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_rfc3339(message.time) if message.time else ts_init,
            ts_init=ts_init,
            first_sequence=feed.next_sequence,
            sequence=feed.next_sequence,
            bids=bids,
            asks=asks,
        )
        return feed.on_delta(delta, frame)

    def _ticker(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode the best bid and ask; before 2022 tickers had no sizes, so that they are no quotes.

        {"type":"ticker","sequence":333938798,"product_id":"BAND-GBP","price":"14.7775",
         "best_bid":"14.7550","best_bid_size":"9.30","best_ask":"14.8060","best_ask_size":"12.77",
         "side":"buy","time":"2021-04-17T16:43:30.244075Z","trade_id":881613,"last_size":"0.04"}
        """
        message = _TICKER.decode(frame)
        symbol = self._symbols.of(message.product_id)
        if "" in (message.best_bid, message.best_ask, message.best_bid_size, message.best_ask_size):
            return Decoded(ignored="ticker.no_sizes", symbol=symbol)
        quote = Quote(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_rfc3339(message.time) if message.time else ts_init,
            ts_init=ts_init,
            bid_price=check_price(Decimal(message.best_bid)),
            bid_size=check_size(Decimal(message.best_bid_size)),
            ask_price=check_price(Decimal(message.best_ask)),
            ask_size=check_size(Decimal(message.best_ask_size)),
            sequence=message.sequence,
        )
        return Decoded([quote])

    def _feed(self, symbol: str) -> BookFeed:
        feed = self._feeds.get(symbol)
        if feed is None:
            feed = self._feeds[symbol] = BookFeed(
                self._venue, symbol, lambda: _resubscribe(symbol), buffers=False
            )
        return feed


def _resubscribe(symbol: str) -> Action:
    channels = [{"name": "level2_batch", "product_ids": [rest.native(symbol)]}]
    messages = [{"type": kind, "channels": channels} for kind in ("unsubscribe", "subscribe")]
    return Resubscribe(symbol, [msgspec.json.encode(message) for message in messages])


class CoinbaseExchangeFeed(rest.CoinbaseMarket, frozen=True, kw_only=True):
    """Coinbase's older public feed; the market is the same as `coinbase`."""

    ws_url: str = "wss://ws-feed.exchange.coinbase.com"

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        """Return one connection that subscribes to matches, tickers and books."""
        products = [rest.native(symbol) for symbol in symbols]
        message = {"type": "subscribe", "product_ids": products, "channels": CHANNELS}
        return [Subscription(url_path="", messages=[msgspec.json.encode(message)], symbols=list(symbols))]

    def session(
        self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()
    ) -> CoinbaseExchangeSession:
        """Return decoder state for one connection."""
        table = Symbols(symbols, instruments, native=rest.native, derive=rest.symbol_of)
        return CoinbaseExchangeSession(self.venue, table)

    def speaks(self, frame: bytes) -> bool:
        """Whether the frame is one of the Exchange feed: a type, and no channel."""
        return b'"type"' in frame[:200] and b'"channel"' not in frame[:400]


EXCHANGE = CoinbaseExchangeFeed()
