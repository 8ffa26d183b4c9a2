"""Kraken Futures (Kraken Derivatives)."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from market.clock import NS_PER_S
from market.errors import BadMessage
from market.events import Bar
from market.instruments import Instrument
from market.timeframes import timeframe_ns
from streaming.exchanges._interface import Subscription
from streaming.exchanges._kraken_futures_session import KrakenFuturesSession, native, symbol_of
from streaming.exchanges._session import Symbols
from streaming.exchanges._values import DECODING_ERRORS, ns_from_epoch
from streaming.exchanges._venue_bars import Prices, venue_bar

FEEDS = ("trade", "ticker", "book")


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


_LISTINGS = msgspec.json.Decoder(_Listings)
_CANDLES = msgspec.json.Decoder(_Candles)


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
        prices = Prices(candle.open, candle.high, candle.low, candle.close, candle.volume)
        open_time = ns_from_epoch(candle.time)
        return venue_bar(self.venue, symbol, timeframe, open_time=open_time, ts_init=ts_init, prices=prices)

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
