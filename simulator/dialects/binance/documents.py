"""Binance spot's JSON documents: symbols, books, bars and tickers as the venue writes them."""

from typing import Any

from market.clock import NS_PER_MS
from simulator.dialects._text import eight, fixed
from simulator.market_model.candles import Candles
from simulator.market_model.listings import Listing
from simulator.market_model.market import Market
from simulator.market_model.tape import Print

MINUTE_MS = 60_000
DAY_MS = 86_400_000
_ORDER_TYPES = ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT"]
_ORDER_TYPES += ["TAKE_PROFIT_LIMIT"]


def native(listing: Listing) -> str:
    """Return Binance's name of a symbol: `BTCUSDT`."""
    return listing.base + listing.quote


def symbol_document(listing: Listing) -> dict[str, Any]:
    """Return a symbol's entry of exchangeInfo."""
    tick = eight(1, listing.price_decimals)
    step = eight(1, listing.size_decimals)
    return {
        "symbol": native(listing),
        "status": "TRADING",
        "baseAsset": listing.base,
        "baseAssetPrecision": 8,
        "quoteAsset": listing.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": _ORDER_TYPES,
        "icebergAllowed": True,
        "ocoAllowed": True,
        "otoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": tick,
                "maxPrice": "1000000.00000000",
                "tickSize": tick,
            },
            {"filterType": "LOT_SIZE", "minQty": step, "maxQty": "9000000.00000000", "stepSize": step},
            {"filterType": "ICEBERG_PARTS", "limit": 10},
            {
                "filterType": "MARKET_LOT_SIZE",
                "minQty": "0.00000000",
                "maxQty": "90000.00000000",
                "stepSize": "0.00000000",
            },
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": "5",
                "bidMultiplierDown": "0.2",
                "askMultiplierUp": "5",
                "askMultiplierDown": "0.2",
                "avgPriceMins": 5,
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": "5.00000000",
                "applyMinToMarket": True,
                "maxNotional": "9000000.00000000",
                "applyMaxToMarket": False,
                "avgPriceMins": 5,
            },
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"],
    }


def levels(rows: list[tuple[int, int]], listing: Listing) -> list[tuple[str, str]]:
    """Write book levels as Binance does: pairs of strings."""
    return [
        (eight(price, listing.price_decimals), eight(size, listing.size_decimals)) for price, size in rows
    ]


def depth_document(market: Market, limit: int) -> dict[str, Any]:
    """Return the book as the REST snapshot and the partial-depth streams show it."""
    book = market.book
    return {
        "lastUpdateId": book.sequence,
        "bids": levels(book.best_bids(limit), market.listing),
        "asks": levels(book.best_asks(limit), market.listing),
    }


def kline_rows(candles: Candles, listing: Listing, length: int) -> list[list[Any]]:
    """Return bars as arrays of twelve, oldest first."""
    price, size = listing.price_decimals, listing.size_decimals
    return [
        [
            opened * MINUTE_MS,
            eight(first, price),
            eight(high, price),
            eight(low, price),
            eight(last, price),
            eight(volume, size),
            (opened + length) * MINUTE_MS - 1,
            f"{quote_volume:.8f}",
            count,
            eight(buy_volume, size),
            f"{buy_quote:.8f}",
            "0",
        ]
        for opened, first, high, low, last, volume, count, buy_volume, quote_volume, buy_quote, _ in zip(
            *(column.tolist() for column in candles), strict=True
        )
    ]


def notional(product: int, listing: Listing) -> str:
    """Write price times size, which has the decimals of both, with eight."""
    decimals = listing.price_decimals + listing.size_decimals
    return fixed(product // 10 ** (decimals - 8), 8) if decimals > 8 else eight(product, decimals)


def last_price(market: Market) -> str:
    """Write the last trade's price."""
    price = market.last.price if market.last else market.book.top[0]
    return eight(price, market.listing.price_decimals)


def top_document(market: Market) -> dict[str, str]:
    """Return best bid and ask."""
    listing = market.listing
    bid, bid_size, ask, ask_size = market.book.top
    return {
        "symbol": native(listing),
        "bidPrice": eight(bid, listing.price_decimals),
        "bidQty": eight(bid_size, listing.size_decimals),
        "askPrice": eight(ask, listing.price_decimals),
        "askQty": eight(ask_size, listing.size_decimals),
    }


def ticker_document(market: Market, now_ns: int) -> dict[str, Any]:
    """Return the 24-hour statistics of a symbol."""
    listing, day = market.listing, market.day(now_ns)
    price, size = listing.price_decimals, listing.size_decimals
    last = market.last
    change = day.close - day.open
    return {
        "symbol": native(listing),
        "priceChange": eight(change, price),
        "priceChangePercent": f"{change / day.open * 100:.3f}",
        "weightedAvgPrice": f"{day.average:.8f}",
        "prevClosePrice": eight(day.open, price),
        "lastPrice": last_price(market),
        "lastQty": eight(last.size if last else 0, size),
        **{name: value for name, value in top_document(market).items() if name != "symbol"},
        "openPrice": eight(day.open, price),
        "highPrice": eight(day.high, price),
        "lowPrice": eight(day.low, price),
        "volume": eight(day.volume, size),
        "quoteVolume": f"{day.quote_volume:.8f}",
        "openTime": now_ns // NS_PER_MS - DAY_MS,
        "closeTime": now_ns // NS_PER_MS,
        "firstId": day.first_id,
        "lastId": last.trade_id if last else day.first_id,
        "count": day.trade_count,
    }


def trade_document(trade: Print, listing: Listing) -> dict[str, Any]:
    """Return a trade as `GET /api/v3/trades` gives it."""
    return {
        "id": trade.trade_id,
        "price": eight(trade.price, listing.price_decimals),
        "qty": eight(trade.size, listing.size_decimals),
        "quoteQty": notional(trade.price * trade.size, listing),
        "time": trade.ts_ns // NS_PER_MS,
        "isBuyerMaker": not trade.is_buy,
        "isBestMatch": True,
    }
