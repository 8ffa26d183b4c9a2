"""Decoder state of Kraken Futures (Kraken Derivatives), websocket version 1.

`seq` of a product's book counts up by one from its snapshot. Sizes are contracts: one US dollar in
the inverse products PI_ and FI_, one unit of the base in the linear ones PF_ and FF_. The older
feed `ticker_lite` states no sizes, so that it makes no quotes.
Source: https://docs.kraken.com/api/docs/futures-api/websocket/book (2026-11).
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import msgspec

from market.events import BookDelta, BookSnapshot, Quote, Side, Trade
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Action, Decoded, Resubscribe
from streaming.exchanges._kraken_rest import currency
from streaming.exchanges._session import BaseSession, Symbols
from streaming.exchanges._values import (
    BadFrame,
    Number,
    check_book,
    check_price,
    check_size,
    ns_from_epoch,
)

_IGNORED_FEEDS = {
    "trade_snapshot": "trade_history",
    "ticker_lite": "ticker.no_sizes",
    "heartbeat": "heartbeat",
}
_IGNORED_EVENTS = {
    "subscribed": "subscription",
    "unsubscribed": "subscription",
    "info": "system_status",
    "challenge": "subscription",
}
_INVERSE, _LINEAR, _VANILLA = ("PI", "FI"), ("PF", "FF"), ("PV", "FV")


class _Head(msgspec.Struct, gc=False):
    feed: str = ""
    event: str = ""
    product_id: str = ""
    message: str = ""


class _Level(msgspec.Struct, gc=False):
    price: Decimal
    qty: Decimal


class _Snapshot(msgspec.Struct, gc=False):
    product_id: str
    timestamp: int
    seq: Number
    bids: list[_Level]
    asks: list[_Level]


class _Delta(msgspec.Struct, gc=False):
    product_id: str
    timestamp: int
    seq: Number
    side: Literal["buy", "sell"]
    price: Decimal
    qty: Decimal


class _Trade(msgspec.Struct, gc=False):
    product_id: str
    uid: str
    side: Literal["buy", "sell"]
    type: str
    time: int
    qty: Decimal
    price: Decimal


class _Ticker(msgspec.Struct, gc=False):
    product_id: str
    bid: Decimal
    ask: Decimal
    bid_size: Decimal
    ask_size: Decimal
    time: int = 0


_HEAD = msgspec.json.Decoder(_Head)
_SNAPSHOT = msgspec.json.Decoder(_Snapshot)
_DELTA = msgspec.json.Decoder(_Delta)
_TRADE = msgspec.json.Decoder(_Trade)
_TICKER = msgspec.json.Decoder(_Ticker)


def native(symbol: str) -> str:
    """Return PI_XBTUSD for BTC/USD:BTC, FI_XBTUSD_210430 for BTC/USD:BTC-210430, PF_ for BTC/USD:USD."""
    pair, _, contract = symbol.partition(":")
    settle, _, expiry = contract.partition("-")
    base, _, quote = pair.partition("/")
    kind = "F" if settle == quote and quote == "USD" else "V" if settle == quote else "I"
    theirs = (base + quote).replace("BTC", "XBT")
    return f"{'F' if expiry else 'P'}{kind}_{theirs}" + (f"_{expiry}" if expiry else "")


def symbol_of(name: str) -> str | None:
    """Return the symbol of a product, or nothing for an index or anything else."""
    kind, _, rest = name.upper().partition("_")
    pair, _, expiry = rest.partition("_")
    if kind not in _INVERSE + _LINEAR + _VANILLA or len(pair) < 6 or not pair.isalnum():
        return None
    if bool(expiry) is not kind.startswith("F") or (expiry and not expiry.isdecimal()):
        return None
    base, quote = currency(pair[:-3]), currency(pair[-3:])
    settle = base if kind in _INVERSE else quote
    return f"{base}/{quote}:{settle}" + (f"-{expiry}" if expiry else "")


class KrakenFuturesSession(BaseSession):
    """Decoder state of one connection to Kraken Futures."""

    def __init__(self, venue: str, symbols: Symbols) -> None:
        super().__init__(venue, symbols)
        self._handlers: dict[str, Callable[[bytes, int], Decoded]] = {
            "book_snapshot": self._snapshot,
            "book": self._delta,
            "trade": self._trade,
            "ticker": self._ticker,
        }

    def _decode(self, frame: bytes, ts_init: int) -> Decoded:
        head = _HEAD.decode(frame)
        if head.event:
            return _answer(head)
        if handler := self._handlers.get(head.feed):
            return handler(frame, ts_init)
        if head.feed in _IGNORED_FEEDS:
            return Decoded(ignored=_IGNORED_FEEDS[head.feed], symbol=self._symbols.known(head.product_id))
        raise BadFrame("frame.unknown_kind", f"no decoder for feed {head.feed[:40]!r}")

    def _snapshot(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode a whole book.

        {"feed":"book_snapshot","product_id":"FI_BCHUSD_210625","timestamp":1618678100126,"seq":2240145,
         "tickSize":null,"bids":[{"price":1130.8,"qty":50.0}],"asks":[{"price":1131.9,"qty":27.0}]}
        """
        message = _SNAPSHOT.decode(frame)
        symbol = self._symbols.of(message.product_id)
        bids = [(level.price, level.qty) for level in message.bids]
        asks = [(level.price, level.qty) for level in message.asks]
        check_book(symbol, bids, asks)
        snapshot = BookSnapshot(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_epoch(message.timestamp),
            ts_init=ts_init,
            sequence=message.seq,
            bids=sorted(bids, reverse=True),
            asks=sorted(asks),
        )
        return self._feed(symbol).on_snapshot(snapshot, frame)

    def _delta(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode one changed level.

        {"feed":"book","product_id":"FI_XBTUSD_210430","side":"buy","seq":12237399,"price":59445.5,
         "qty":52569.0,"timestamp":1618678101591}
        """
        message = _DELTA.decode(frame)
        symbol = self._symbols.of(message.product_id)
        level = [(message.price, message.qty)]
        is_bid = message.side == "buy"
        check_book(symbol, level, ())
        delta = BookDelta(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_epoch(message.timestamp),
            ts_init=ts_init,
            first_sequence=message.seq,
            sequence=message.seq,
            bids=level if is_bid else [],
            asks=[] if is_bid else level,
        )
        return self._feed(symbol).on_delta(delta, frame)

    def _trade(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode a trade; the side is the taker's.

        {"feed":"trade","product_id":"FI_XBTUSD_210625","uid":"d7cae895-ca24-4a67-aa7e-ad9a2ea2b656",
         "side":"sell","type":"fill","seq":74724,"time":1618678114957,"qty":1831.0,"price":63927.0}
        """
        message = _TRADE.decode(frame)
        symbol = self._symbols.of(message.product_id)
        if message.type not in ("fill", "liquidation"):
            return Decoded(ignored="trade.not_on_book", symbol=symbol)
        trade = Trade(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_epoch(message.time),
            ts_init=ts_init,
            price=check_price(message.price),
            size=check_price(message.qty),
            side=Side.BUY if message.side == "buy" else Side.SELL,
            trade_id=message.uid,
        )
        return Decoded([trade])

    def _ticker(self, frame: bytes, ts_init: int) -> Decoded:
        """Decode the best bid and ask of a ticker.

        {"time":1680811086487,"product_id":"PI_XBTUSD","funding_rate":0.0,"feed":"ticker","bid":34827.0,
         "ask":34832.0,"bid_size":42864.0,"ask_size":2300.0,"volume":143807.0,"dtm":0,"index":34803.4,
         "last":34829.0,"tag":"perpetual","pair":"XBT:USD","markPrice":34844.2}
        """
        message = _TICKER.decode(frame)
        quote = Quote(
            venue=self._venue,
            symbol=self._symbols.of(message.product_id),
            ts_event=ns_from_epoch(message.time) if message.time else ts_init,
            ts_init=ts_init,
            bid_price=check_price(message.bid),
            bid_size=check_size(message.bid_size),
            ask_price=check_price(message.ask),
            ask_size=check_size(message.ask_size),
        )
        return Decoded([quote])

    def _feed(self, symbol: str) -> BookFeed:
        feed = self._feeds.get(symbol)
        if feed is None:
            feed = self._feeds[symbol] = BookFeed(
                self._venue, symbol, lambda: _resubscribe(symbol), buffers=False
            )
        return feed


def _answer(head: _Head) -> Decoded:
    if head.event in _IGNORED_EVENTS:
        return Decoded(ignored=_IGNORED_EVENTS[head.event])
    if head.event in ("alert", "error", "subscribed_failed"):
        raise BadFrame("frame.venue_error", head.message[:200])
    raise BadFrame("frame.unknown_kind", f"no decoder for event {head.event[:40]!r}")


def _resubscribe(symbol: str) -> Action:
    requests = [
        {"event": event, "feed": "book", "product_ids": [native(symbol)]}
        for event in ("unsubscribe", "subscribe")
    ]
    return Resubscribe(symbol, [msgspec.json.encode(request) for request in requests])
