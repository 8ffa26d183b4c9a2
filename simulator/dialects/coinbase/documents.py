"""Coinbase Advanced Trade's JSON documents: products, trades, books, candles and tickers.

Prices and sizes are strings without trailing zeros. A trade's `side` is the side of the order that
rested: a trade at the ask says SELL.
"""

from typing import Any

from simulator.dialects._interface import MarketView
from simulator.dialects._text import iso_trimmed, trimmed
from simulator.market_model.candles import Candles
from simulator.market_model.listings import Listing
from simulator.market_model.tape import Print

COIN_NAMES = {"BTC": "Bitcoin", "ETH": "Ethereum", "SOL": "Solana", "DOGE": "Dogecoin", "USDT": "Tether"}


def native(listing: Listing) -> str:
    """Return Coinbase's name of a product: `BTC-USDT`."""
    return f"{listing.base}-{listing.quote}"


def coin_name(coin: str) -> str:
    """Return the coin's long name, or its code."""
    return COIN_NAMES.get(coin, coin)


def maker_side(trade: Print) -> str:
    """Return the side that rested."""
    return "SELL" if trade.is_buy else "BUY"


def product_document(market: MarketView, now_ns: int) -> dict[str, Any]:
    """Return a product as the product list shows it."""
    listing, day = market.listing, market.day(now_ns)
    base, quote = listing.base, listing.quote
    price_step, size_step = trimmed(1, listing.price_decimals), trimmed(1, listing.size_decimals)
    return {
        "product_id": native(listing),
        "price": last_price(market),
        "price_percentage_change_24h": change_24h(market, now_ns),
        "volume_24h": trimmed(day.volume, listing.size_decimals),
        "volume_percentage_change_24h": "0",
        "base_increment": size_step,
        "quote_increment": price_step,
        "quote_min_size": "1",
        "quote_max_size": "10000000",
        "base_min_size": size_step,
        "base_max_size": "1000000",
        "base_name": coin_name(base),
        "quote_name": coin_name(quote),
        "watched": False,
        "is_disabled": False,
        "new": False,
        "status": "online",
        "cancel_only": False,
        "limit_only": False,
        "post_only": False,
        "trading_disabled": False,
        "auction_mode": False,
        "product_type": "SPOT",
        "quote_currency_id": quote,
        "base_currency_id": base,
        "fcm_trading_session_details": None,
        "mid_market_price": "",
        "alias": "",
        "alias_to": [],
        "base_display_symbol": base,
        "quote_display_symbol": quote,
        "view_only": False,
        "price_increment": price_step,
        "display_name": native(listing),
        "product_venue": "CBE",
        "approximate_quote_24h_volume": f"{day.quote_volume:.2f}",
        "new_at": "2023-01-01T00:00:00Z",
        "market_cap": "",
        "base_cbrn": "",
        "quote_cbrn": "",
        "product_cbrn": "",
        "icon_color": "",
        "icon_url": "",
        "display_name_overwrite": "",
        "is_alpha_testing": False,
        "about_description": "",
        "best_bid_price": "",
        "best_ask_price": "",
        "high_24h": trimmed(day.high, listing.price_decimals),
        "low_24h": trimmed(day.low, listing.price_decimals),
    }


def trade_document(trade: Print, listing: Listing) -> dict[str, str]:
    """Return a trade as the websocket shows it."""
    return {
        "product_id": native(listing),
        "trade_id": str(trade.trade_id),
        "price": trimmed(trade.price, listing.price_decimals),
        "size": trimmed(trade.size, listing.size_decimals),
        "time": iso_trimmed(trade.ts_ns, digits=6),
        "side": maker_side(trade),
    }


def ticker_document(market: MarketView, now_ns: int, *, with_quote: bool) -> dict[str, str]:
    """Return a ticker; the batched channel leaves the quote out."""
    listing, day = market.listing, market.day(now_ns)
    price = listing.price_decimals
    document = {
        "type": "ticker",
        "product_id": native(listing),
        "price": last_price(market),
        "volume_24_h": trimmed(day.volume, listing.size_decimals),
        "low_24_h": trimmed(day.low, price),
        "high_24_h": trimmed(day.high, price),
        "low_52_w": trimmed(day.low * 4 // 5, price),
        "high_52_w": trimmed(day.high * 5 // 4, price),
        "price_percent_chg_24_h": change_24h(market, now_ns),
    }
    if with_quote:
        bid, bid_size, ask, ask_size = market.book.top
        document |= {
            "best_bid": trimmed(bid, price),
            "best_ask": trimmed(ask, price),
            "best_bid_quantity": trimmed(bid_size, listing.size_decimals),
            "best_ask_quantity": trimmed(ask_size, listing.size_decimals),
        }
    return document


def level_documents(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], listing: Listing, ts_ns: int
) -> list[dict[str, str]]:
    """Return book levels as the level2 channel shows them, bids first."""
    time = iso_trimmed(ts_ns, digits=6)
    return [
        {
            "side": side,
            "event_time": time,
            "price_level": trimmed(price, listing.price_decimals),
            "new_quantity": trimmed(size, listing.size_decimals),
        }
        for side, levels in (("bid", bids), ("offer", asks))
        for price, size in levels
    ]


def candle_documents(candles: Candles, listing: Listing) -> list[dict[str, str]]:
    """Return bars, oldest first."""
    price = listing.price_decimals
    return [
        {
            "start": str(opened * 60),
            "low": trimmed(low, price),
            "high": trimmed(high, price),
            "open": trimmed(first, price),
            "close": trimmed(last, price),
            "volume": trimmed(volume, listing.size_decimals),
        }
        for opened, first, high, low, last, volume in zip(
            *(column.tolist() for column in candles[:6]), strict=True
        )
    ]


def last_price(market: MarketView) -> str:
    """Write the last trade's price."""
    price = market.last.price if market.last else market.book.top[0]
    return trimmed(price, market.listing.price_decimals)


def change_24h(market: MarketView, now_ns: int) -> str:
    """Write the change of the last 24 hours in per cent."""
    day = market.day(now_ns)
    return f"{(day.close - day.open) / day.open * 100:.14f}"
