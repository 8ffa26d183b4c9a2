"""Kraken's names, JSON documents and book checksum.

REST calls Bitcoin XBT and Dogecoin XDG, with an X or Z before the older currencies; the websocket
v2 says `BTC/USDT`. The websocket writes numbers, REST writes strings.
"""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from simulator.dialects._interface import MarketView
from simulator.dialects._text import fixed, iso, number
from simulator.market_model.listings import Listing
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.tape import Print

_ALTNAMES = {"BTC": "XBT", "DOGE": "XDG"}
_X_COINS = {"XBT", "ETH", "XRP", "LTC", "XDG", "XLM", "XMR", "ZEC", "ETC", "REP", "MLN"}
_Z_COINS = {"USD", "EUR", "GBP", "CAD", "JPY", "AUD"}
CHECKSUM_DEPTH = 10


def altname(coin: str) -> str:
    """Return REST's short name of a currency: BTC is XBT."""
    return _ALTNAMES.get(coin, coin)


def asset_id(coin: str) -> str:
    """Return REST's key of a currency: BTC is XXBT, USD is ZUSD, USDT stays."""
    name = altname(coin)
    return f"X{name}" if name in _X_COINS else f"Z{name}" if name in _Z_COINS else name


def pair_altname(listing: Listing) -> str:
    """Return REST's short name of a pair: `XBTUSDT`."""
    return altname(listing.base) + altname(listing.quote)


def pair_id(listing: Listing) -> str:
    """Return REST's key of a pair: `XBTUSDT`, but `XXBTZUSD` for the old ones."""
    base, quote = asset_id(listing.base), asset_id(listing.quote)
    is_old = base.startswith("X") and quote[0] in "XZ" and listing.base not in ("DOGE", "SOL")
    return base + quote if is_old and quote != listing.quote else pair_altname(listing)


def checksum(bids: list[tuple[int, int]], asks: list[tuple[int, int]]) -> int:
    """Return the CRC32 of the ten best asks, then the ten best bids, best first.

    Each price and size is written with all its decimals, without the point and leading zeros: that
    is its whole number of steps.
    """
    rows = asks[:CHECKSUM_DEPTH] + bids[:CHECKSUM_DEPTH]
    return crc32("".join(f"{price}{size}" for price, size in rows).encode())


def levels(rows: list[tuple[int, int]], listing: Listing) -> str:
    """Write book levels as the websocket does."""
    price, size = listing.price_decimals, listing.size_decimals
    items = (f'{{"price":{number(level, price)},"qty":{number(held, size)}}}' for level, held in rows)
    return f"[{','.join(items)}]"


def book_document(
    listing: Listing, bids: list[tuple[int, int]], asks: list[tuple[int, int]], crc: int, ts_ns: int
) -> str:
    """Write a book's snapshot or update."""
    return (
        f'{{"symbol":"{listing.symbol}","bids":{levels(bids, listing)},"asks":{levels(asks, listing)},'
        f'"checksum":{crc},"timestamp":"{iso(ts_ns, digits=6)}"}}'
    )


def trade_document(trade: Print, listing: Listing) -> str:
    """Write a trade as the websocket does; `side` is the taker's."""
    side, kind = ("buy" if trade.is_buy else "sell"), ("market" if trade.trade_id % 3 else "limit")
    price, size = number(trade.price, listing.price_decimals), number(trade.size, listing.size_decimals)
    return (
        f'{{"symbol":"{listing.symbol}","side":"{side}","price":{price},"qty":{size},"ord_type":"{kind}","trade_id":{trade.trade_id},'
        f'"timestamp":"{iso(trade.ts_ns, digits=6)}"}}'
    )


def ticker_document(market: MarketView, now_ns: int) -> str:
    """Write a ticker as the websocket does."""
    listing, day = market.listing, market.day(now_ns)
    price, size = listing.price_decimals, listing.size_decimals
    bid, bid_size, ask, ask_size = market.book.top
    last = market.last.price if market.last else bid
    change = last - day.open
    return (
        f'{{"symbol":"{listing.symbol}","bid":{number(bid, price)},"bid_qty":{number(bid_size, size)},'
        f'"ask":{number(ask, price)},"ask_qty":{number(ask_size, size)},"last":{number(last, price)},'
        f'"volume":{number(day.volume, size)},"vwap":{day.average:.{price}f},"low":{number(day.low, price)},'
        f'"high":{number(day.high, price)},"change":{number(change, price)},'
        f'"change_pct":{change / day.open * 100:.2f},"timestamp":"{iso(now_ns, digits=6)}"}}'
    )


def instrument_document(markets: Sequence[MarketView]) -> dict[str, Any]:
    """Return the data of the instrument channel."""
    coins = sorted({coin for market in markets for coin in (market.listing.base, market.listing.quote)})
    assets = [
        {"id": coin, "status": "enabled", "precision": 10, "precision_display": 5, "borrowable": False}
        for coin in coins
    ]
    return {"assets": assets, "pairs": [_pair(market.listing) for market in markets]}


def _pair(listing: Listing) -> dict[str, Any]:
    tick, step = 10.0**-listing.price_decimals, 10.0**-listing.size_decimals
    return {
        "symbol": listing.symbol,
        "base": listing.base,
        "quote": listing.quote,
        "status": "online",
        "qty_precision": listing.size_decimals,
        "qty_increment": step,
        "price_precision": listing.price_decimals,
        "cost_precision": 5,
        "marginable": False,
        "has_index": True,
        "cost_min": 0.5,
        "tick_size": tick,
        "price_increment": tick,
        "qty_min": max(step, 1e-5),
    }


def asset_pair(listing: Listing) -> dict[str, Any]:
    """Return a pair's entry of AssetPairs."""
    taker, maker = listing.terms.taker_fee * 100, listing.terms.maker_fee * 100
    return {
        "altname": pair_altname(listing),
        "wsname": f"{altname(listing.base)}/{altname(listing.quote)}",
        "aclass_base": "currency",
        "base": asset_id(listing.base),
        "aclass_quote": "currency",
        "quote": asset_id(listing.quote),
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": listing.price_decimals,
        "lot_decimals": listing.size_decimals,
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, round(taker, 4)], [10_000, 0.35], [50_000, 0.24], [100_000, 0.22], [250_000, 0.2]],
        "fees_maker": [[0, round(maker, 4)], [10_000, 0.2], [50_000, 0.14], [100_000, 0.12], [250_000, 0.1]],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": "0.00005",
        "costmin": "0.5",
        "tick_size": fixed(1, listing.price_decimals),
        "status": "online",
    }


def bar_document(market: MarketView, interval: int, now_ns: int) -> str:
    """Write the bar under way."""
    listing = market.listing
    price, size = listing.price_decimals, listing.size_decimals
    present = now_ns // MINUTE_NS
    opened = present - present % interval
    bars = market.candles.bars(interval, opened, present + 1, now_ns)
    last = market.last.price if market.last else market.book.top[0]
    first, high, low, close, volume, count = (
        tuple(int(column[0]) for column in bars[1:7]) if bars else (last, last, last, last, 0, 0)
    )
    average = bars.quote_volume[0] / volume * 10**listing.size_decimals if volume else 0.0
    return (
        f'{{"symbol":"{listing.symbol}","open":{number(first, price)},"high":{number(high, price)},'
        f'"low":{number(low, price)},"close":{number(close, price)},"trades":{count},'
        f'"volume":{number(volume, size)},"vwap":{average:.{price}f},'
        f'"interval_begin":"{iso(opened * MINUTE_NS, digits=9)}","interval":{interval},'
        f'"timestamp":"{iso((opened + interval) * MINUTE_NS, digits=6)}"}}'
    )
