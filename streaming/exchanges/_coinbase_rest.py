"""Coinbase's names and public REST answers, shared by the two dialects of its feed."""

from decimal import Decimal

import msgspec

from market.clock import NS_PER_S
from market.errors import BadMessage
from market.events import Bar
from market.instruments import Instrument
from market.timeframes import timeframe_ns
from streaming.exchanges._values import DECODING_ERRORS
from streaming.exchanges._venue_bars import Prices, venue_bar

VENUE = "coinbase"
MAKER_FEE = Decimal("0.006")
TAKER_FEE = Decimal("0.012")
"""Fees of the entry tier (a turnover below 1,000 USD in 30 days), 2026-11."""

BARS_MAX = 349
"""The venue gives at most 350 candles, and both ends of a request are inclusive."""
_GRANULARITY = {
    "1m": "ONE_MINUTE",
    "5m": "FIVE_MINUTE",
    "15m": "FIFTEEN_MINUTE",
    "30m": "THIRTY_MINUTE",
    "1h": "ONE_HOUR",
    "2h": "TWO_HOUR",
    "6h": "SIX_HOUR",
    "1d": "ONE_DAY",
}
_PERPETUAL = "-PERP-INTX"


class _Candle(msgspec.Struct, gc=False):
    start: int
    low: Decimal
    high: Decimal
    open: Decimal
    close: Decimal
    volume: Decimal


class _Candles(msgspec.Struct):
    candles: list[_Candle]


class _Product(msgspec.Struct, gc=False):
    """A product, as Advanced Trade lists it, or as the older Exchange API does (`id`)."""

    product_id: str = ""
    id: str = ""
    product_type: str = "SPOT"
    base_currency_id: str = ""
    base_currency: str = ""
    quote_currency_id: str = ""
    quote_currency: str = ""
    price_increment: Decimal | None = None
    quote_increment: Decimal | None = None
    base_increment: Decimal = Decimal(0)
    quote_min_size: str = ""
    min_market_funds: str = ""


class _Products(msgspec.Struct):
    products: list[_Product]


_CANDLES = msgspec.json.Decoder(_Candles, strict=False)
_PRODUCTS = msgspec.json.Decoder(_Products)
_PRODUCT_LIST = msgspec.json.Decoder(list[_Product])


def native(symbol: str) -> str:
    """Return `BTC-USD` for `BTC/USD`, `BTC-PERP-INTX` for `BTC/USDC:USDC`."""
    pair, _, settle = symbol.partition(":")
    return f"{pair.partition('/')[0]}{_PERPETUAL}" if settle else pair.replace("/", "-")


def symbol_of(name: str) -> str | None:
    """Return the symbol of a product, or nothing for one that is neither spot nor a perpetual."""
    if name.endswith(_PERPETUAL):
        return f"{name.removesuffix(_PERPETUAL)}/USDC:USDC"
    base, dash, quote = name.partition("-")
    if not dash or not base.isalnum() or not quote.isalnum() or name != name.upper():
        return None
    return f"{base}/{quote}"


def bars_request(symbol: str, timeframe: str, since_ns: int, limit: int) -> str:
    """Return the path of the product's candles; at most 349 intervals."""
    count = min(limit, BARS_MAX)
    start = since_ns // NS_PER_S
    end = start + (timeframe_ns(timeframe) // NS_PER_S) * count
    query = f"start={start}&end={end}&granularity={_GRANULARITY.get(timeframe, timeframe)}&limit={count}"
    return f"/api/v3/brokerage/market/products/{native(symbol)}/candles?{query}"


def decode_bars(symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
    """Read the product's candles, which come newest first and leave out minutes without a trade.

    {"candles":[{"start":"1786279500","low":"1915.91","high":"1916.6","open":"1916.11",
                 "close":"1916.02","volume":"13.9044026"}]}
    """
    try:
        candles = _CANDLES.decode(body).candles
    except DECODING_ERRORS as error:
        words = body[:200].decode(errors="replace")
        raise BadMessage(f"{VENUE} sent no bars of {symbol}: {words}") from error
    bars = [_to_bar(symbol, timeframe, candle, ts_init) for candle in candles]
    return sorted((bar for bar in bars if bar.close_time <= ts_init), key=lambda bar: bar.open_time)


def _to_bar(symbol: str, timeframe: str, candle: _Candle, ts_init: int) -> Bar:
    prices = Prices(candle.open, candle.high, candle.low, candle.close, candle.volume)
    open_time = candle.start * NS_PER_S
    return venue_bar(VENUE, symbol, timeframe, open_time=open_time, ts_init=ts_init, prices=prices)


def instruments_request() -> str:
    """Return the path of the spot products."""
    return "/api/v3/brokerage/market/products?product_type=SPOT"


def decode_instruments(body: bytes) -> list[Instrument]:
    """Read the products, of Advanced Trade (`{"products":[…]}`) or of Coinbase Exchange (`[…]`).

    {"products":[{"product_id":"BTC-USD","base_increment":"0.00000001","quote_min_size":"1",
      "price_increment":"0.01","base_currency_id":"BTC","quote_currency_id":"USD"}]}
    """
    try:
        is_list = body.lstrip()[:1] == b"["
        products = _PRODUCT_LIST.decode(body) if is_list else _PRODUCTS.decode(body).products
    except DECODING_ERRORS as error:
        words = body[:200].decode(errors="replace")
        raise BadMessage(f"{VENUE} sent no products: {words}") from error
    return [
        Instrument(
            symbol=symbol,
            venue=VENUE,
            base=product.base_currency_id or product.base_currency,
            quote=product.quote_currency_id or product.quote_currency,
            price_increment=product.price_increment or product.quote_increment or Decimal(0),
            size_increment=product.base_increment,
            notional_min=Decimal(product.quote_min_size or product.min_market_funds or 0),
            maker_fee=MAKER_FEE,
            taker_fee=TAKER_FEE,
        )
        for product in products
        if (symbol := symbol_of(product.product_id or product.id)) is not None
    ]


class CoinbaseMarket(msgspec.Struct, frozen=True, kw_only=True):
    """What both of Coinbase's public feeds share: the venue, its fees and its REST answers."""

    venue: str = VENUE
    rest_url: str = "https://api.coinbase.com"
    maker_fee: Decimal = MAKER_FEE
    taker_fee: Decimal = TAKER_FEE
    silence_s: float = 10.0

    def bars_request(self, symbol: str, timeframe: str, since_ns: int, limit: int) -> str:
        """Return the path of the product's candles."""
        return bars_request(symbol, timeframe, since_ns, limit)

    def decode_bars(self, symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
        """Read the product's candles."""
        return decode_bars(symbol, timeframe, body, ts_init)

    def instruments_request(self) -> str:
        """Return the path of the spot products."""
        return instruments_request()

    def decode_instruments(self, body: bytes) -> list[Instrument]:
        """Read the products."""
        return decode_instruments(body)
