"""Kraken spot: names of currencies, REST answers, and the book checksum, for both dialects."""

from decimal import Decimal
from typing import Any
from zlib import crc32

import msgspec

from market.clock import NS_PER_S
from market.errors import BadMessage
from market.events import Bar
from market.instruments import Instrument
from market.order_book import OrderBook
from market.timeframes import timeframe_ns
from streaming.exchanges._values import DECODING_ERRORS
from streaming.exchanges._venue_bars import Prices, venue_bar

VENUE = "kraken"
REST_URL = "https://api.kraken.com"
MAKER_FEE = Decimal("0.0025")
TAKER_FEE = Decimal("0.0040")
"""Fees of the entry tier (a turnover below 10,000 USD in 30 days), 2026-11."""

CHECKSUM_LEVELS = 10
BARS_MAX = 720

_OURS = {"XBT": "BTC", "XDG": "DOGE"}
_THEIRS = {ours: theirs for theirs, ours in _OURS.items()}


class _Pair(msgspec.Struct, gc=False):
    wsname: str = ""
    pair_decimals: int = 0
    lot_decimals: int = 0
    tick_size: Decimal | None = None
    costmin: Decimal = Decimal(0)
    fees: list[tuple[Decimal, Decimal]] = []
    fees_maker: list[tuple[Decimal, Decimal]] = []


class _Pairs(msgspec.Struct):
    error: list[str]
    result: dict[str, _Pair] = {}


class _Ohlc(msgspec.Struct):
    error: list[str]
    result: dict[str, Any] = {}


_PAIRS = msgspec.json.Decoder(_Pairs)
_OHLC = msgspec.json.Decoder(_Ohlc)


def currency(name: str) -> str:
    """Return BTC for XBT, DOGE for XDG, any other name as it is."""
    return _OURS.get(name, name)


def native(symbol: str) -> str:
    """Return `XBT/USD`, as version 1 of the API writes it, for `BTC/USD`."""
    base, _, quote = symbol.partition("/")
    return f"{_THEIRS.get(base, base)}/{_THEIRS.get(quote, quote)}"


def symbol_of(name: str) -> str | None:
    """Return `BTC/USD` for `XBT/USD`, or nothing where the name is no pair."""
    base, slash, quote = name.partition("/")
    if not slash or not base.isascii() or not quote.isalnum() or not base.replace(".", "").isalnum():
        return None
    return f"{currency(base)}/{currency(quote)}"


def bars_request(symbol: str, timeframe: str, since_ns: int) -> str:
    """Return the path of /OHLC, which sends up to 720 bars from `since` to now, the last one open."""
    minutes = timeframe_ns(timeframe) // (60 * NS_PER_S)
    pair = native(symbol).replace("/", "")
    return f"/0/public/OHLC?pair={pair}&interval={minutes}&since={since_ns // NS_PER_S - 1}"


def decode_bars(symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
    """Read /OHLC.

    {"error":[],"result":{"XXBTZUSD":[[1688671200,"30306.1","30306.2","30305.7","30305.7",
     "30306.1","3.39243896",23]],"last":1688672160}}
    """
    try:
        answer = _OHLC.decode(body)
        if answer.error:
            raise BadMessage(", ".join(answer.error))
        rows: list[Any] = next((value for key, value in answer.result.items() if key != "last"), [])
        bars = [_to_bar(symbol, timeframe, row, ts_init) for row in rows]
    except (*DECODING_ERRORS, IndexError, TypeError, AttributeError) as error:
        words = body[:200].decode(errors="replace")
        raise BadMessage(f"{VENUE} sent no bars of {symbol}: {words}") from error
    return [bar for bar in bars if bar.close_time <= ts_init]


def _to_bar(symbol: str, timeframe: str, row: list[Any], ts_init: int) -> Bar:
    opened, highest, lowest, closed, _average, volume = (Decimal(str(value)) for value in row[1:7])
    prices = Prices(opened, highest, lowest, closed, volume, trade_count=int(row[7]))
    open_time = int(row[0]) * NS_PER_S
    return venue_bar(VENUE, symbol, timeframe, open_time=open_time, ts_init=ts_init, prices=prices)


def instruments_request() -> str:
    """Return the path of /AssetPairs."""
    return "/0/public/AssetPairs"


def decode_instruments(body: bytes) -> list[Instrument]:
    """Read /AssetPairs; pairs without a name on the websocket (dark pools) are left out.

    {"error":[],"result":{"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","pair_decimals":1,
     "lot_decimals":8,"costmin":"0.5","tick_size":"0.1","fees":[[0,0.4]],"fees_maker":[[0,0.25]]}}}
    """
    try:
        answer = _PAIRS.decode(body)
        if answer.error:
            raise BadMessage(", ".join(answer.error))
    except DECODING_ERRORS as error:
        words = body[:200].decode(errors="replace")
        raise BadMessage(f"{VENUE} sent no instruments: {words}") from error
    return [
        _to_instrument(symbol, pair)
        for pair in answer.result.values()
        if (symbol := symbol_of(pair.wsname)) is not None
    ]


def _to_instrument(symbol: str, pair: _Pair) -> Instrument:
    base, _, quote = symbol.partition("/")
    return Instrument(
        symbol=symbol,
        venue=VENUE,
        base=base,
        quote=quote,
        price_increment=pair.tick_size or Decimal(1).scaleb(-pair.pair_decimals),
        size_increment=Decimal(1).scaleb(-pair.lot_decimals),
        notional_min=pair.costmin,
        maker_fee=pair.fees_maker[0][1] / 100 if pair.fees_maker else MAKER_FEE,
        taker_fee=pair.fees[0][1] / 100 if pair.fees else TAKER_FEE,
    )


def checksum_as_sent(book: OrderBook) -> int:
    """Return the CRC32 of the ten best asks and bids, with the decimals that were sent.

    Each price and size as text without the point and without leading zeros; asks first, best first.
    Source: https://docs.kraken.com/api/docs/guides/spot-ws-book-v1 (2026-11).
    """
    levels = book.asks(CHECKSUM_LEVELS) + book.bids(CHECKSUM_LEVELS)
    return crc32("".join([_digits(price) + _digits(size) for price, size in levels]).encode())


def checksum_of_precision(book: OrderBook, price_decimals: int, size_decimals: int) -> int:
    """Return the CRC32 of the ten best asks and bids, padded to the instrument's decimals.

    Source: https://docs.kraken.com/api/docs/guides/spot-ws-book-v2 (2026-11).
    """
    levels = book.asks(CHECKSUM_LEVELS) + book.bids(CHECKSUM_LEVELS)
    parts = [
        f"{int(price.scaleb(price_decimals))}{int(size.scaleb(size_decimals))}" for price, size in levels
    ]
    return crc32("".join(parts).encode())


def _digits(value: Decimal) -> str:
    return f"{value:f}".replace(".", "").lstrip("0")


class KrakenSpot(msgspec.Struct, frozen=True, kw_only=True):
    """What both of Kraken's public spot feeds share: the venue, its fees and its REST answers."""

    venue: str = VENUE
    ws_url: str = "wss://ws.kraken.com"
    rest_url: str = REST_URL
    maker_fee: Decimal = MAKER_FEE
    taker_fee: Decimal = TAKER_FEE
    silence_s: float = 10.0

    def bars_request(self, symbol: str, timeframe: str, since_ns: int, limit: int) -> str:  # noqa: ARG002
        """Return the path of /OHLC; the venue decides how many bars."""
        return bars_request(symbol, timeframe, since_ns)

    def decode_bars(self, symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
        """Read /OHLC."""
        return decode_bars(symbol, timeframe, body, ts_init)

    def instruments_request(self) -> str:
        """Return the path of /AssetPairs."""
        return instruments_request()

    def decode_instruments(self, body: bytes) -> list[Instrument]:
        """Read /AssetPairs."""
        return decode_instruments(body)
