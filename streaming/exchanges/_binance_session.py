"""Binance's market streams: spot, USD-M and COIN-M futures, one decoder for the three.

Combined streams wrap each message: `{"stream":"btcusdt@trade","data":{…}}`; raw streams send the
`data` alone. The books follow "How to manage a local order book correctly" of the venue: a delta
continues the one before it when its `U` (spot) is the last `u` + 1, or its `pu` (futures) the last
`u`; the first one after a REST snapshot must span the snapshot's `lastUpdateId`.
Source: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams and
…/docs/derivatives/usds-margined-futures/websocket-market-streams (2026-11).
"""

from collections.abc import Callable

import msgspec

from market.events import BookDelta, BookSnapshot, Quote, Side, Trade
from streaming.exchanges import _binance_messages as messages
from streaming.exchanges._book_feed import BookFeed
from streaming.exchanges._interface import Decoded, FetchSnapshot, Reconnect
from streaming.exchanges._session import BaseSession, Symbols, merged, query_of, resource_of
from streaming.exchanges._values import BadFrame, check_book, check_price, check_size, ns_from_epoch

IGNORED_KINDS = {
    "kline": "candles",
    "continuous_kline": "candles",
    "24hrTicker": "ticker_24h",
    "24hrMiniTicker": "ticker_24h",
    "1hTicker": "ticker_window",
    "4hTicker": "ticker_window",
    "1dTicker": "ticker_window",
    "avgPrice": "average_price",
    "markPriceUpdate": "mark_price",
    "indexPriceUpdate": "index_price",
    "indexPrice_kline": "candles",
    "markPrice_kline": "candles",
    "referencePrice": "reference_price",
    "forceOrder": "liquidation",
    "compositeIndex": "composite_index",
    "contractInfo": "contract_info",
    "assetIndexUpdate": "asset_index",
    "openInterest": "open_interest",
}
"""Kinds of messages that are no trades, quotes or books of ours, by what they are called here."""


class BinanceSession(BaseSession):
    """Decoder state of one connection to Binance.

    `depth_path` turns the venue's name of a symbol into the REST path of its book.
    """

    def __init__(self, venue: str, symbols: Symbols, depth_path: Callable[[str], str]) -> None:
        super().__init__(venue, symbols)
        self._depth_path = depth_path
        self._single_trades: set[str] = set()
        self._handlers: dict[str, Callable[[msgspec.Raw | bytes, bytes, int], Decoded]] = {
            "trade": self._trade,
            "aggTrade": self._aggregate_trade,
            "bookTicker": self._quote,
            "depthUpdate": self._delta,
        }

    def _decode(self, frame: bytes, ts_init: int) -> Decoded:
        if frame[:20].lstrip()[:1] == b"[":
            return self._array(frame, frame, ts_init)
        envelope = messages.ENVELOPE.decode(frame)
        if envelope.data is messages.ABSENT:
            return self._unwrapped(envelope, frame, ts_init)
        name, _, kind = envelope.stream.partition("@")
        kind = kind.partition("@")[0]
        if handler := self._handlers.get("depthUpdate" if kind == "depth" else kind):
            return handler(envelope.data, frame, ts_init)
        if kind[:5] == "depth" and kind[5:].isdecimal():
            return self._partial_depth(name, envelope.data, ts_init)
        if bytes(envelope.data)[:1] == b"[":
            return self._array(bytes(envelope.data), frame, ts_init)
        return self._by_kind(envelope.data, frame, ts_init)

    def _unwrapped(self, envelope: messages.Envelope, frame: bytes, ts_init: int) -> Decoded:
        if envelope.error is not messages.ABSENT or (envelope.code is not None and envelope.msg is not None):
            raise BadFrame("frame.venue_error", frame[:200].decode(errors="replace"))
        if envelope.id is not None or envelope.result is not messages.ABSENT:
            return Decoded(ignored="subscription")
        return self._by_kind(frame, frame, ts_init)

    def _by_kind(self, data: msgspec.Raw | bytes, frame: bytes, ts_init: int) -> Decoded:
        head = messages.HEAD.decode(data)
        kind = head.kind or ("bookTicker" if head.bid_size is not messages.ABSENT else "")
        if handler := self._handlers.get(kind):
            return handler(data, frame, ts_init)
        if kind == "serverShutdown":
            return Decoded(ignored="server_shutdown", actions=[Reconnect("server_shutdown")])
        if kind in IGNORED_KINDS:
            return Decoded(ignored=IGNORED_KINDS[kind], symbol=self._symbols.known(head.symbol))
        raise BadFrame("frame.unknown_kind", f"no decoder for {kind[:40]!r}")

    def _array(self, data: bytes, frame: bytes, ts_init: int) -> Decoded:
        """Decode `!ticker@arr` and its like: several messages of one kind."""
        return merged(self._by_kind(item, frame, ts_init) for item in messages.ARRAY.decode(data))

    def _trade(self, data: msgspec.Raw | bytes, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode a trade.

        {"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",
         "q":"0.02000000","T":1723161255342,"m":true,"M":true}
        `m`: the buyer was the maker, so the seller took. Futures add `X`; other than MARKET it
        tells of the insurance fund, a liquidation, or nothing at all (price 0).
        """
        message = messages.TRADE.decode(data)
        symbol = self._symbols.of(message.symbol)
        if message.market_kind != "MARKET":
            return Decoded(ignored="trade.not_on_book", symbol=symbol)
        self._single_trades.add(symbol)
        return Decoded([self._to_trade(message, symbol, message.trade_id, ts_init)])

    def _aggregate_trade(self, data: msgspec.Raw | bytes, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode the fills of one taker order at one price, unless single trades come too.

        {"e":"aggTrade","E":1618677373913,"s":"SWRVBUSD","a":749094,"p":"2.27600000",
         "q":"21.96300000","f":1135632,"l":1135632,"T":1618677373912,"m":false,"M":true}
        """
        message = messages.AGGREGATE_TRADE.decode(data)
        symbol = self._symbols.of(message.symbol)
        if symbol in self._single_trades:
            return Decoded(ignored="aggregate_trade", symbol=symbol)
        return Decoded([self._to_trade(message, symbol, message.aggregate_id, ts_init)])

    def _to_trade(
        self,
        message: messages.TradeMessage | messages.AggregateTrade,
        symbol: str,
        trade_id: int,
        ts_init: int,
    ) -> Trade:
        return Trade(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_epoch(message.trade_time),
            ts_init=ts_init,
            price=check_price(message.price),
            size=check_price(message.size),
            side=Side.SELL if message.buyer_is_maker else Side.BUY,
            trade_id=str(trade_id),
        )

    def _quote(self, data: msgspec.Raw | bytes, frame: bytes, ts_init: int) -> Decoded:  # noqa: ARG002
        """Decode the best bid and ask; spot sends no time.

        {"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000",
         "A":"1.54698000"}; futures add "e":"bookTicker", "T" and "E".
        """
        message = messages.BOOK_TICKER.decode(data)
        time_ms = message.transaction_time or message.event_time
        quote = Quote(
            venue=self._venue,
            symbol=self._symbols.of(message.symbol),
            ts_event=ns_from_epoch(time_ms) if time_ms else ts_init,
            ts_init=ts_init,
            bid_price=check_price(message.bid_price),
            bid_size=check_size(message.bid_size),
            ask_price=check_price(message.ask_price),
            ask_size=check_size(message.ask_size),
            sequence=message.update_id,
        )
        return Decoded([quote])

    def _delta(self, data: msgspec.Raw | bytes, frame: bytes, ts_init: int) -> Decoded:
        """Decode changed levels.

        {"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":50093239203,"u":50093239207,
         "b":[["55653.87000000","0.00000000"]],"a":[["61838.04000000","0.32332000"]]}
        Futures add "T" and "pu", the `u` of the message before.
        """
        message = messages.DEPTH.decode(data)
        symbol = self._symbols.of(message.symbol)
        previous = message.previous_id if message.previous_id is not None else message.first_id - 1
        check_book(symbol, message.bids, message.asks)
        delta = BookDelta(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_epoch(message.transaction_time or message.event_time),
            ts_init=ts_init,
            first_sequence=previous + 1,
            sequence=message.last_id,
            bids=message.bids,
            asks=message.asks,
        )
        return self._feed(symbol, message.symbol).on_delta(delta, frame)

    def _partial_depth(self, name: str, data: msgspec.Raw, ts_init: int) -> Decoded:
        """Decode the top 5, 10 or 20 levels, which are a whole (small) book each time.

        {"stream":"btcusdt@depth20@100ms","data":{"lastUpdateId":160,"bids":[["0.0024","10"]],
         "asks":[["0.0026","100"]]}}; futures send it in the shape of a delta.
        """
        symbol = self._symbols.of(name.upper())
        if symbol in self._feeds:
            return Decoded(ignored="partial_depth", symbol=symbol)
        return Decoded([self._to_snapshot(messages.SNAPSHOT.decode(data), symbol, ts_init)])

    def _decode_rest(self, path: str, body: bytes, ts_init: int) -> Decoded:
        """Decode the answer of /depth.

        {"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[…]};
        futures add "E" and "T".
        """
        if resource_of(path) != "depth":
            return Decoded(ignored=f"http:{resource_of(path)}")
        name = query_of(path, "symbol") or ""
        symbol = self._symbols.of(name.upper())
        snapshot = self._to_snapshot(messages.SNAPSHOT.decode(body), symbol, ts_init)
        return self._feed(symbol, name.upper()).on_snapshot(snapshot, body)

    def _to_snapshot(self, message: messages.Snapshot, symbol: str, ts_init: int) -> BookSnapshot:
        bids, asks = message.bids or message.short_bids, message.asks or message.short_asks
        check_book(symbol, bids, asks)
        time_ms = message.transaction_time or message.event_time
        return BookSnapshot(
            venue=self._venue,
            symbol=symbol,
            ts_event=ns_from_epoch(time_ms) if time_ms else ts_init,
            ts_init=ts_init,
            sequence=message.last_update_id or message.last_id,
            bids=sorted(bids, reverse=True),
            asks=sorted(asks),
        )

    def _feed(self, symbol: str, name: str) -> BookFeed:
        feed = self._feeds.get(symbol)
        if feed is None:
            ask = FetchSnapshot(symbol, self._depth_path(name))
            feed = self._feeds[symbol] = BookFeed(self._venue, symbol, lambda: ask, buffers=True)
        return feed
