"""Kraken Futures (Kraken Derivatives), websocket version 1.

`seq` of a product's book counts up by one from its snapshot. Sizes are contracts: one US dollar in
the inverse products PI_ and FI_, one unit of the base in the linear ones PF_ and FF_. The older
feed `ticker_lite` states no sizes, so that it makes no quotes.
Source: https://docs.kraken.com/api/docs/futures-api/websocket/book (2026-11).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from market.clock import NS_PER_S
from market.errors import BadMessage
from market.events import Bar, BookDelta, BookSnapshot, Quote, Side, Trade
from market.instruments import Instrument
from market.timeframes import timeframe_ns
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Action, Decoded, Resubscribe, Subscription
from streaming.exchanges._kraken_rest import currency
from streaming.exchanges._session import BaseSession, Symbols
from streaming.exchanges._values import (
    DECODING_ERRORS,
    BadFrame,
    check_book,
    check_price,
    check_size,
    ns_from_epoch,
)

FEEDS = ("trade", "ticker", "book")
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
    seq: int
    bids: list[_Level]
    asks: list[_Level]


class _Delta(msgspec.Struct, gc=False):
    product_id: str
    timestamp: int
    seq: int
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


class _Listing(msgspec.Struct, gc=False):
    symbol: str
    tick_size: Decimal = msgspec.field(name="tickSize", default=Decimal(0))
    size_decimals: int = msgspec.field(name="contractValueTradePrecision", default=0)


class _Listings(msgspec.Struct):
    instruments: list[_Listing]


class _Candle(msgspec.Struct, gc=False):
    time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class _Candles(msgspec.Struct):
    candles: list[_Candle]


_HEAD = msgspec.json.Decoder(_Head)
_SNAPSHOT = msgspec.json.Decoder(_Snapshot)
_DELTA = msgspec.json.Decoder(_Delta)
_TRADE = msgspec.json.Decoder(_Trade)
_TICKER = msgspec.json.Decoder(_Ticker)
_LISTINGS = msgspec.json.Decoder(_Listings)
_CANDLES = msgspec.json.Decoder(_Candles)


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


class KrakenFuturesExchange(msgspec.Struct, frozen=True, kw_only=True):
    """Kraken's derivatives market."""

    venue: str = "kraken_futures"
    ws_url: str = "wss://futures.kraken.com"
    rest_url: str = "https://futures.kraken.com"
    maker_fee: Decimal = Decimal("0.0002")
    taker_fee: Decimal = Decimal("0.0005")
    silence_s: float = 70.0

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        """Return one connection that subscribes to trades, tickers, books and heartbeats."""
        products = [native(symbol) for symbol in symbols]
        messages = [msgspec.json.encode({"event": "subscribe", "feed": "heartbeat"})]
        messages += [
            msgspec.json.encode({"event": "subscribe", "feed": feed, "product_ids": products})
            for feed in FEEDS
        ]
        return [Subscription(url_path="/ws/v1", messages=messages, symbols=list(symbols))]

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> KrakenFuturesSession:
        """Return decoder state for one connection."""
        return KrakenFuturesSession(
            self.venue, Symbols(symbols, instruments, native=native, derive=symbol_of)
        )

    def speaks(self, frame: bytes) -> bool:
        """Whether the frame is an object with a feed or an event."""
        return frame.lstrip()[:1] == b"{" and (b'"feed"' in frame[:200] or b'"event"' in frame[:200])

    def bars_request(self, symbol: str, timeframe: str, since_ns: int, limit: int) -> str:
        """Return the path of the product's charts."""
        start = since_ns // NS_PER_S
        end = start + limit * (timeframe_ns(timeframe) // NS_PER_S)
        return f"/api/charts/v1/trade/{native(symbol)}/{timeframe}?from={start}&to={end}"

    def decode_bars(self, symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
        """Read the product's charts.

        {"candles":[{"time":1620816960000,"open":"56250.0","high":"56475.0","low":"56075.0",
                     "close":"56475.0","volume":"10824.0"}],"more_candles":true}
        """
        try:
            candles = _CANDLES.decode(body).candles
            bars = [self._to_bar(symbol, timeframe, candle, ts_init) for candle in candles]
        except DECODING_ERRORS as error:
            words = body[:200].decode(errors="replace")
            raise BadMessage(f"{self.venue} sent no bars of {symbol}: {words}") from error
        return [bar for bar in bars if bar.close_time <= ts_init]

    def _to_bar(self, symbol: str, timeframe: str, candle: _Candle, ts_init: int) -> Bar:
        open_time = ns_from_epoch(candle.time)
        close_time = open_time + timeframe_ns(timeframe)
        return Bar(
            venue=self.venue,
            symbol=symbol,
            ts_event=close_time,
            ts_init=ts_init,
            timeframe=timeframe,
            open_time=open_time,
            close_time=close_time,
            open=candle.open,
            high=candle.high,
            low=candle.low,
            close=candle.close,
            volume=candle.volume,
            trade_count=0,
            source="venue",
        )

    def instruments_request(self) -> str:
        """Return the path of the products."""
        return "/derivatives/api/v3/instruments"

    def decode_instruments(self, body: bytes) -> list[Instrument]:
        """Read the products; indices and spreads are left out.

        {"result":"success","instruments":[{"symbol":"PI_XBTUSD","type":"futures_inverse",
         "underlying":"rr_xbtusd","tickSize":0.5,"contractSize":1,"tradeable":true}]}
        """
        try:
            listings = _LISTINGS.decode(body).instruments
        except DECODING_ERRORS as error:
            words = body[:200].decode(errors="replace")
            raise BadMessage(f"{self.venue} sent no products: {words}") from error
        return [
            Instrument(
                symbol=symbol,
                venue=self.venue,
                base=symbol.partition("/")[0],
                quote=symbol.partition("/")[2].partition(":")[0],
                price_increment=listing.tick_size,
                size_increment=Decimal(1).scaleb(-listing.size_decimals),
                maker_fee=self.maker_fee,
                taker_fee=self.taker_fee,
            )
            for listing in listings
            if (symbol := symbol_of(listing.symbol)) is not None
        ]


EXCHANGE = KrakenFuturesExchange()
