"""Binance spot's websocket streams.

A frame of a combined stream, as the venue sends it:

    {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,
     "p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}

Depth updates are gathered over 100 ms (or one second); `U` and `u` are the first and last update
inside, so that each frame continues the one before and any REST snapshot.
Source: developers.binance.com, Spot API, "WebSocket Streams", as of 2026-08.
"""

from collections.abc import Sequence

import msgspec

from market.clock import NS_PER_MS, NS_PER_S
from simulator.dialects._interface import GeneratedGateway, sold_below_zero
from simulator.dialects._text import eight
from simulator.dialects.binance.clients import BinanceClients
from simulator.dialects.binance.documents import MINUTE_MS, depth_document, levels, native
from simulator.dialects.binance.rest import INTERVALS, Rest
from simulator.dialects.binance.subscriptions import Subscriptions
from simulator.faults import Fault, FaultKind
from simulator.market_model.book import BookChange
from simulator.market_model.market import Market, Update
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.tape import Print

_KLINE_NS = 2 * NS_PER_S
_PARTIAL_DEPTHS = ("5", "10", "20")
_encode = msgspec.json.encode


class _Window:
    """The changes of one market since the last depth frame."""

    def __init__(self, suffix: str, length_ns: int) -> None:
        self.suffix = suffix
        self.length_ns = length_ns
        self.due_ns = 0
        self.first = 0
        self.last = 0
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}

    def add(self, change: BookChange) -> None:
        if not self.first:
            self.first = change.sequence
        self.last = change.sequence
        self.bids.update(change.bids)
        self.asks.update(change.asks)

    def clear(self) -> None:
        self.first = 0
        self.bids, self.asks = {}, {}


class BinanceGateway(BinanceClients, GeneratedGateway):
    """Binance spot for the clients of the simulator."""

    venue = "binance"
    ping_interval_s = 20.0

    def __init__(self, markets: Sequence[Market]) -> None:
        super().__init__(markets)
        self._by_id = {native(market.listing): market for market in markets}
        self._rest = Rest(self._by_id)
        self._subscriptions = Subscriptions()
        self._windows = {
            name: (_Window("@depth@100ms", 100 * NS_PER_MS), _Window("@depth", NS_PER_S))
            for name in self._by_id
        }
        self._klines: dict[str, int] = {}
        self._klines_due_ns = 0

    def publish(self, market: Market, updates: Sequence[Update], now_ns: int) -> None:
        """Send trades and best prices at once and gather the rest for the depth windows."""
        name = native(market.listing)
        stream = name.lower()
        windows = self._windows[name]
        now_ms = now_ns // NS_PER_MS
        for update in updates:
            if isinstance(update, BookChange):
                for window in windows:
                    window.add(update)
                if update.top is not None and f"{stream}@bookTicker" in self._subscriptions:
                    self._subscriptions.send(
                        f"{stream}@bookTicker", "quotes", self._book_ticker(market, update)
                    )
            else:
                self._send_trade(stream, market, update, now_ms)

    def tick(self, now_ns: int) -> None:
        """Close the depth windows and send the bars that are due."""
        for name, windows in self._windows.items():
            for window in windows:
                if now_ns >= window.due_ns:
                    window.due_ns = now_ns - now_ns % window.length_ns + window.length_ns
                    if window.first:
                        self._send_depth(name, window, now_ns)
        if now_ns >= self._klines_due_ns:
            self._klines_due_ns = now_ns - now_ns % _KLINE_NS + _KLINE_NS
            for stream in [stream for stream in self._subscriptions.streams() if "@kline_" in stream]:
                self._send_kline(stream, now_ns)

    def inject(self, fault: Fault, market: Market, now_ns: int) -> None:
        """Lose a depth window, cross the book, or print below zero."""
        name = native(market.listing)
        if fault.kind is FaultKind.GAP:
            for window in self._windows[name]:
                window.clear()
            market.book.sequence += 1
        elif fault.kind is FaultKind.CROSSED_BOOK:
            _, _, ask, _ = market.book.top
            market.book.sequence += 1
            for window in self._windows[name]:
                window.add(BookChange(now_ns, market.book.sequence, {ask + 100: 1000}, {}, None))
        elif fault.kind is FaultKind.NEGATIVE_PRICE:
            self._send_trade(name.lower(), market, sold_below_zero(market), now_ns // NS_PER_MS)

    def _book_ticker(self, market: Market, change: BookChange) -> str:
        assert change.top is not None
        listing = market.listing
        bid, bid_size, ask, ask_size = change.top
        return (
            f'{{"u":{change.sequence},"s":"{native(listing)}",'
            f'"b":"{eight(bid, listing.price_decimals)}","B":"{eight(bid_size, listing.size_decimals)}",'
            f'"a":"{eight(ask, listing.price_decimals)}","A":"{eight(ask_size, listing.size_decimals)}"}}'
        )

    def _send_trade(self, stream: str, market: Market, trade: Print, now_ms: int) -> None:
        listing = market.listing
        price, size = eight(trade.price, listing.price_decimals), eight(trade.size, listing.size_decimals)
        made_ms = trade.ts_ns // NS_PER_MS
        is_sell = "false" if trade.is_buy else "true"
        event_ms = max(now_ms, made_ms)
        if f"{stream}@trade" in self._subscriptions:
            self._subscriptions.send(
                f"{stream}@trade",
                "trades",
                f'{{"e":"trade","E":{event_ms},"s":"{native(listing)}","t":{trade.trade_id},"p":"{price}",'
                f'"q":"{size}","T":{made_ms},"m":{is_sell},"M":true}}',
            )
        if f"{stream}@aggTrade" in self._subscriptions:
            self._subscriptions.send(
                f"{stream}@aggTrade",
                "aggregate_trades",
                f'{{"e":"aggTrade","E":{event_ms},"s":"{native(listing)}","a":{trade.trade_id},"p":"{price}",'
                f'"q":"{size}","f":{trade.trade_id},"l":{trade.trade_id},"T":{made_ms},"m":{is_sell},"M":true}}',
            )

    def _send_depth(self, name: str, window: _Window, now_ns: int) -> None:
        market, stream = self._by_id[name], name.lower()
        document = {
            "e": "depthUpdate",
            "E": now_ns // NS_PER_MS,
            "s": name,
            "U": window.first,
            "u": window.last,
            "b": levels(sorted(window.bids.items(), reverse=True), market.listing),
            "a": levels(sorted(window.asks.items()), market.listing),
        }
        if stream + window.suffix in self._subscriptions:
            self._subscriptions.send(stream + window.suffix, "depth", _encode(document).decode())
        for depth in _PARTIAL_DEPTHS:
            partial = f"{stream}@depth{depth}{window.suffix.removeprefix('@depth')}"
            if partial in self._subscriptions:
                self._subscriptions.send(
                    partial, "depth", _encode(depth_document(market, int(depth))).decode()
                )
        window.clear()

    def _send_kline(self, stream: str, now_ns: int) -> None:
        symbol, _, interval = stream.partition("@kline_")
        market, length = self._by_id.get(symbol.upper()), INTERVALS.get(interval)
        if market is None or length is None:
            return
        present = now_ns // MINUTE_NS
        opened = present - present % length
        known = self._klines.get(stream, opened)
        self._klines[stream] = opened
        for minute in range(known, opened + 1, length):
            bar = _kline(market, interval, minute, now_ns)
            if bar is not None:
                self._subscriptions.send(stream, "klines", bar)


def _kline(market: Market, interval: str, minute: int, now_ns: int) -> str | None:
    """Return the bar that opened at `minute`, as far as it has come; nothing before its first trade."""
    length = INTERVALS[interval]
    candles = market.candles.bars(length, minute, minute + length, now_ns)
    if not candles:
        return None
    listing = market.listing
    price, size = listing.price_decimals, listing.size_decimals
    first_id, count = int(candles.first_id[0]), int(candles.trade_count[0])
    bar = {
        "t": minute * MINUTE_MS,
        "T": (minute + length) * MINUTE_MS - 1,
        "s": native(listing),
        "i": interval,
        "f": first_id,
        "L": first_id + count - 1,
        "o": eight(int(candles.open[0]), price),
        "c": eight(int(candles.close[0]), price),
        "h": eight(int(candles.high[0]), price),
        "l": eight(int(candles.low[0]), price),
        "v": eight(int(candles.volume[0]), size),
        "n": count,
        "x": now_ns >= (minute + length) * MINUTE_NS,
        "q": f"{candles.quote_volume[0]:.8f}",
        "V": eight(int(candles.buy_volume[0]), size),
        "Q": f"{candles.buy_quote[0]:.8f}",
        "B": "0",
    }
    return _encode({"e": "kline", "E": now_ns // NS_PER_MS, "s": native(listing), "k": bar}).decode()
