"""Binance's markets as descriptions: urls, streams, REST paths, bars and instruments."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from market.clock import NS_PER_MS
from market.errors import BadMessage
from market.events import Bar
from market.instruments import Instrument
from streaming.exchanges import _binance_messages as messages
from streaming.exchanges._binance_session import BinanceSession
from streaming.exchanges._interface import Subscription
from streaming.exchanges._session import Symbols
from streaming.exchanges._values import DECODING_ERRORS, ns_from_epoch
from streaming.exchanges._venue_bars import Prices, venue_bar

SYMBOLS_PER_CONNECTION = 100
"""Three streams each; the venue allows 1,024 streams on one connection."""


class BinanceExchange(msgspec.Struct, frozen=True, kw_only=True):
    """One of Binance's markets; they differ in urls, names of symbols and fees.

    `native` and `symbol_of` translate names of symbols to the venue's and back.
    """

    venue: str
    ws_url: str
    rest_url: str
    rest_prefix: str
    native: Callable[[str], str]
    symbol_of: Callable[[str], str | None]
    maker_fee: Decimal
    taker_fee: Decimal
    silence_s: float = 30.0

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        """Return combined streams of trades, book tickers and depth; nothing needs to be sent."""
        found = []
        for start in range(0, len(symbols), SYMBOLS_PER_CONNECTION):
            chosen = list(symbols[start : start + SYMBOLS_PER_CONNECTION])
            names = [self.native(symbol).lower() for symbol in chosen]
            streams = [f"{name}@{kind}" for name in names for kind in ("trade", "bookTicker", "depth@100ms")]
            path = "/stream?streams=" + "/".join(streams)
            found.append(Subscription(url_path=path, messages=[], symbols=chosen))
        return found

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> BinanceSession:
        """Return decoder state for one connection."""
        table = Symbols(symbols, instruments, native=self.native, derive=self.symbol_of)
        return BinanceSession(self.venue, table, self.depth_path)

    def depth_path(self, name: str) -> str:
        """Return the REST path of a book by the venue's name of the symbol."""
        return f"{self.rest_prefix}/depth?symbol={name}&limit=1000"

    def speaks(self, frame: bytes) -> bool:
        """Whether the frame is a stream of Binance's."""
        head = frame[:200]
        return b'"stream":' in head or b'"e":' in head or b'"lastUpdateId":' in head

    def bars_request(self, symbol: str, timeframe: str, since_ns: int, limit: int) -> str:
        """Return the path of /klines; at most 1,000 bars."""
        query = f"symbol={self.native(symbol)}&interval={timeframe}&startTime={since_ns // NS_PER_MS}"
        return f"{self.rest_prefix}/klines?{query}&limit={min(limit, 1000)}"

    def decode_bars(self, symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
        """Read /klines.

        [[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",
          1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"]]
        """
        try:
            rows = messages.KLINES.decode(body)
            bars = [self._to_bar(symbol, timeframe, row, ts_init) for row in rows]
        except (*DECODING_ERRORS, IndexError, TypeError) as error:
            words = body[:200].decode(errors="replace")
            raise BadMessage(f"{self.venue} sent no bars of {symbol}: {words}") from error
        return [bar for bar in bars if bar.close_time <= ts_init]

    def _to_bar(self, symbol: str, timeframe: str, row: list[int | str], ts_init: int) -> Bar:
        opened, highest, lowest, closed, volume = (Decimal(value) for value in row[1:6])
        prices = Prices(opened, highest, lowest, closed, volume, trade_count=int(row[8]))
        open_time = ns_from_epoch(int(row[0]))
        return venue_bar(self.venue, symbol, timeframe, open_time=open_time, ts_init=ts_init, prices=prices)

    def instruments_request(self) -> str:
        """Return the path of /exchangeInfo."""
        return f"{self.rest_prefix}/exchangeInfo"

    def decode_instruments(self, body: bytes) -> list[Instrument]:
        """Read /exchangeInfo.

        {"symbols":[{"symbol":"ETHBTC","baseAsset":"ETH","quoteAsset":"BTC","filters":
         [{"filterType":"PRICE_FILTER","tickSize":"0.00000100"},
          {"filterType":"LOT_SIZE","stepSize":"0.00010000"}]}]}
        """
        try:
            listings = messages.EXCHANGE_INFO.decode(body).symbols
        except DECODING_ERRORS as error:
            words = body[:200].decode(errors="replace")
            raise BadMessage(f"{self.venue} sent no instruments: {words}") from error
        return [self._to_instrument(listing) for listing in listings]

    def _to_instrument(self, listing: messages.Listing) -> Instrument:
        settle = f":{listing.margin}" if listing.margin else ""
        expiry = listing.symbol.partition("_")[2]
        if settle and expiry.isdecimal():
            settle += f"-{expiry}"
        price_step = size_step = notional_min = Decimal(0)
        for rule in listing.filters:
            if rule.kind == "PRICE_FILTER":
                price_step = rule.tick_size or price_step
            elif rule.kind == "LOT_SIZE":
                size_step = rule.step_size or size_step
            elif rule.kind in ("MIN_NOTIONAL", "NOTIONAL"):
                notional_min = rule.notional_min or rule.notional or notional_min
        return Instrument(
            symbol=f"{listing.base}/{listing.quote}{settle}",
            venue=self.venue,
            base=listing.base,
            quote=listing.quote,
            price_increment=price_step.normalize(),
            size_increment=size_step.normalize(),
            notional_min=notional_min,
            maker_fee=self.maker_fee,
            taker_fee=self.taker_fee,
        )
