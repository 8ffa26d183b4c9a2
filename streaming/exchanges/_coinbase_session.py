"""Coinbase Advanced Trade's websocket.

Every message of a connection carries `sequence_num`, one more than the message before; a hole means
that something was lost, nobody knows of which symbol, so that all books are given up and the
connection is made anew. `side` of a trade is the maker's.
Source: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels
(2026-11).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from market.events import BookDelta, BookSnapshot, Level, MarketEvent, Quote, Side, Trade
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Action, BookChecks, Decoded, Reconnect
from streaming.exchanges._session import BaseSession, Symbols, merged
from streaming.exchanges._values import (
    DECODING_ERRORS,
    BadFrame,
    Number,
    check_book,
    check_price,
    check_size,
    ns_from_rfc3339,
)

_IGNORED_CHANNELS = {
    "subscriptions": "subscription",
    "heartbeats": "heartbeat",
    "candles": "candles",
    "status": "product_status",
    "ticker_batch": "ticker_batch",
}


class _Envelope(msgspec.Struct, gc=False):
    channel: str = ""
    timestamp: str = ""
    sequence_num: Number | None = None
    events: msgspec.Raw = msgspec.Raw(b"[]")
    type: str = ""
    message: str = ""


class _Level(msgspec.Struct, gc=False):
    side: Literal["bid", "offer"]
    price_level: Decimal
    new_quantity: Decimal


class _BookEvent(msgspec.Struct, gc=False):
    type: Literal["snapshot", "update"]
    product_id: str
    updates: list[_Level]


class _Trade(msgspec.Struct, gc=False):
    product_id: str
    trade_id: str
    price: Decimal
    size: Decimal
    time: str
    side: Literal["BUY", "SELL"]


class _TradesEvent(msgspec.Struct, gc=False):
    type: Literal["snapshot", "update"]
    trades: list[_Trade]


class _Ticker(msgspec.Struct, gc=False):
    product_id: str
    best_bid: str = ""
    best_ask: str = ""
    best_bid_quantity: str = ""
    best_ask_quantity: str = ""


class _TickerEvent(msgspec.Struct, gc=False):
    tickers: list[_Ticker]


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_BOOK_EVENTS = msgspec.json.Decoder(list[_BookEvent])
_TRADES_EVENTS = msgspec.json.Decoder(list[_TradesEvent])
_TICKER_EVENTS = msgspec.json.Decoder(list[_TickerEvent])


class CoinbaseSession(BaseSession):
    """Decoder state of one connection to Advanced Trade."""

    def __init__(self, venue: str, symbols: Symbols) -> None:
        super().__init__(venue, symbols)
        self._sequence: int | None = None
        self._connection = BookChecks()
        self._handlers: dict[str, Callable[[_Envelope, bytes, int], Decoded]] = {
            "l2_data": self._books,
            "level2": self._books,
            "market_trades": self._trades,
            "ticker": self._quotes,
        }

    def checks(self) -> Mapping[str, BookChecks]:
        """Return the counters; those under the empty symbol are the connection's."""
        return {"": self._connection, **super().checks()}

    def _decode(self, frame: bytes, ts_init: int) -> Decoded:
        envelope = _ENVELOPE.decode(frame)
        if envelope.type == "error":
            raise BadFrame("frame.venue_error", envelope.message[:200])
        if envelope.sequence_num is None or not envelope.channel:
            raise BadFrame("frame.shape", "neither a channel with its sequence_num nor an error")
        if self._sequence is not None and envelope.sequence_num <= self._sequence:
            return Decoded(ignored="frame.repeated")
        lost = self._lost_frames(envelope.sequence_num, ts_init)
        self._sequence = envelope.sequence_num
        try:
            decoded = self._by_channel(envelope, frame, ts_init)
        except DECODING_ERRORS as error:
            decoded = self._refuse(error, frame, ts_init)
        if lost is None:
            return decoded
        return decoded._replace(events=[*lost, *decoded.events], actions=[Reconnect("frame.sequence_gap")])

    def _by_channel(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:
        if handler := self._handlers.get(envelope.channel):
            return handler(envelope, frame, ts_init)
        if envelope.channel in _IGNORED_CHANNELS:
            return Decoded(ignored=_IGNORED_CHANNELS[envelope.channel])
        raise BadFrame("frame.unknown_kind", f"no decoder for channel {envelope.channel[:40]!r}")

    def _lost_frames(self, sequence: int, ts_init: int) -> list[MarketEvent] | None:
        """Return what follows from a hole before `sequence`: RESYNC of each live book."""
        if self._sequence is None or sequence == self._sequence + 1:
            return None
        self._connection.gaps += 1
        events: list[MarketEvent] = []
        for feed in self._feeds.values():
            events += feed.lose("book.sequence_gap", None, ts_init).events
        return events

    def _books(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:
        """Decode whole books and changed levels.

        {"channel":"l2_data","timestamp":"2026-08-09T21:05:48.505350477Z","sequence_num":14,
         "events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"bid",
          "event_time":"2026-08-09T21:05:48.210883Z","price_level":"65062.5",
          "new_quantity":"0.00583"}]}]}
        """
        self._books_at_risk = tuple(self._feeds)
        ts_event = ns_from_rfc3339(envelope.timestamp)
        events = _by_product(_BOOK_EVENTS.decode(envelope.events))
        return self._each(lambda event: self._book(event, frame, ts_event, ts_init), events, frame, ts_init)

    def _book(self, event: _BookEvent, frame: bytes, ts_event: int, ts_init: int) -> Decoded:
        symbol = self._symbols.of(event.product_id)
        self._books_at_risk = (symbol,)
        bids: list[Level] = []
        asks: list[Level] = []
        for level in event.updates:
            (bids if level.side == "bid" else asks).append((level.price_level, level.new_quantity))
        check_book(symbol, bids, asks)
        feed = self._feed(symbol)
        sequence = self._sequence or 0
        if event.type == "snapshot":
            snapshot = BookSnapshot(
                venue=self._venue,
                symbol=symbol,
                ts_event=ts_event,
                ts_init=ts_init,
                sequence=sequence,
                bids=sorted((level for level in dict(bids).items() if level[1]), reverse=True),
                asks=sorted(level for level in dict(asks).items() if level[1]),
            )
            return feed.on_snapshot(snapshot, frame)
        delta = BookDelta(
            venue=self._venue,
            symbol=symbol,
            ts_event=ts_event,
            ts_init=ts_init,
            first_sequence=min(feed.next_sequence, sequence),
            sequence=sequence,
            bids=bids,
            asks=asks,
        )
        return feed.on_delta(delta, frame)

    def _trades(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode trades, which come newest first; the snapshot tells of those before the connection.

        {"channel":"market_trades","timestamp":"2026-08-09T21:05:48.251397169Z","sequence_num":9,
         "events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"1068572091",
          "price":"65083.67","size":"0.01034361","time":"2026-08-09T21:05:48.167634Z",
          "side":"SELL"}]}]}
        """
        events = _TRADES_EVENTS.decode(envelope.events)
        trades = [
            self._to_trade(trade, ts_init)
            for event in events
            if event.type == "update"
            for trade in event.trades
        ]
        trades.sort(key=_age)
        return Decoded(trades) if trades else Decoded(ignored="trade_history")

    def _to_trade(self, trade: _Trade, ts_init: int) -> Trade:
        return Trade(
            venue=self._venue,
            symbol=self._symbols.of(trade.product_id),
            ts_event=ns_from_rfc3339(trade.time),
            ts_init=ts_init,
            price=check_price(trade.price),
            size=check_price(trade.size),
            side=Side.BUY if trade.side == "SELL" else Side.SELL,
            trade_id=trade.trade_id,
        )

    def _quotes(self, envelope: _Envelope, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode the best bid and ask of a ticker.

        {"channel":"ticker","timestamp":"2026-08-09T21:05:48.229198328Z","sequence_num":6,
         "events":[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD",
          "price":"65086.18","best_bid":"65083.66","best_ask":"65083.67",
          "best_bid_quantity":"0.20371215","best_ask_quantity":"0.24290402"}]}]}
        """
        ts_event = ns_from_rfc3339(envelope.timestamp)
        tickers = [ticker for event in _TICKER_EVENTS.decode(envelope.events) for ticker in event.tickers]
        return merged(self._quote(ticker, ts_event, ts_init) for ticker in tickers)

    def _quote(self, ticker: _Ticker, ts_event: int, ts_init: int) -> Decoded:
        symbol = self._symbols.of(ticker.product_id)
        if "" in (ticker.best_bid, ticker.best_ask, ticker.best_bid_quantity, ticker.best_ask_quantity):
            return Decoded(ignored="ticker.no_sizes", symbol=symbol)
        quote = Quote(
            venue=self._venue,
            symbol=symbol,
            ts_event=ts_event,
            ts_init=ts_init,
            bid_price=check_price(Decimal(ticker.best_bid)),
            bid_size=check_size(Decimal(ticker.best_bid_quantity)),
            ask_price=check_price(Decimal(ticker.best_ask)),
            ask_size=check_size(Decimal(ticker.best_ask_quantity)),
            sequence=self._sequence or 0,
        )
        return Decoded([quote])

    def _feed(self, symbol: str) -> BookFeed:
        feed = self._feeds.get(symbol)
        if feed is None:
            feed = self._feeds[symbol] = BookFeed(
                self._venue, symbol, lambda: self._resubscribe(symbol), buffers=False
            )
        return feed

    def _resubscribe(self, symbol: str) -> Action:  # noqa: ARG002
        # A second subscription to level2 of one product is refused while the first one stands.
        return Reconnect("book.lost")


def _by_product(events: list[_BookEvent]) -> list[_BookEvent]:
    """Join what a frame says of one product: all of it has the frame's one number."""
    found: dict[str, _BookEvent] = {}
    for event in events:
        earlier = found.get(event.product_id)
        if earlier is None or event.type == "snapshot":
            found[event.product_id] = event
        else:
            earlier.updates += event.updates
    return list(found.values())


def _age(trade: Trade) -> tuple[int, int, str]:
    """Order trades by time, and within one moment by their ids, which are rising numbers."""
    return trade.ts_event, len(trade.trade_id), trade.trade_id
