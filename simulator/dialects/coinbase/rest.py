"""Coinbase Advanced Trade's public REST answers, and the few of its v2 API that ccxt asks for.

Source: docs.cdp.coinbase.com, Advanced Trade API, "Public endpoints", as of 2026-08.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from market.clock import NS_PER_MS, NS_PER_S
from simulator.dialects._interface import Answer, MarketView, Request, answer
from simulator.dialects._text import iso_trimmed, trimmed
from simulator.dialects.coinbase.documents import (
    candle_documents,
    coin_name,
    last_price,
    native,
    product_document,
    trade_document,
)
from simulator.market_model.price_path import MINUTE_NS

GRANULARITIES = {
    "ONE_MINUTE": 1,
    "FIVE_MINUTE": 5,
    "FIFTEEN_MINUTE": 15,
    "THIRTY_MINUTE": 30,
    "ONE_HOUR": 60,
    "TWO_HOUR": 120,
    "FOUR_HOUR": 240,
    "SIX_HOUR": 360,
    "ONE_DAY": 1440,
}
CANDLES_MAX = 350
_TRADES_MAX = 1000
_BASE = "/api/v3/brokerage"
_PRODUCTS = f"{_BASE}/market/products"


class Rest:
    """Answers for the markets of the venue."""

    def __init__(self, markets: Mapping[str, MarketView]) -> None:
        self._markets = markets

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a request as Coinbase would."""
        path, query = request.path, request.query
        if request.method != "GET":
            return Answer(HTTPStatus.UNAUTHORIZED, b"Unauthorized\n")
        fixed_paths: dict[str, Callable[[], Answer]] = {
            f"{_BASE}/time": lambda: self._time(now_ns),
            f"{_BASE}/market/product_book": lambda: self._book(query, now_ns),
            _PRODUCTS: lambda: self._products(now_ns),
        }
        if path in fixed_paths:
            return fixed_paths[path]()
        if path.startswith(f"{_PRODUCTS}/"):
            return self._product(path.removeprefix(f"{_PRODUCTS}/"), query, now_ns)
        if path.startswith("/v2/"):
            return self._version_2(path.removeprefix("/v2/"), now_ns)
        return refuse("NOT_FOUND", f"no route {path}", 404)

    @staticmethod
    def _time(now_ns: int) -> Answer:
        return answer(
            {
                "iso": iso_trimmed(now_ns - now_ns % NS_PER_S, digits=9),
                "epochSeconds": str(now_ns // NS_PER_S),
                "epochMillis": str(now_ns // NS_PER_MS),
            }
        )

    def _products(self, now_ns: int) -> Answer:
        products = [product_document(market, now_ns) for market in self._markets.values()]
        page = {"prev_cursor": "", "next_cursor": "", "has_next": False, "has_prev": False}
        return answer({"products": products, "num_products": len(products), "pagination": page})

    def _product(self, rest: str, query: Mapping[str, str], now_ns: int) -> Answer:
        product_id, _, view = rest.partition("/")
        market = self._markets.get(product_id)
        if market is None:
            return unknown_product()
        if view == "":
            return answer(product_document(market, now_ns))
        if view == "ticker":
            return self._trades(market, query)
        if view == "candles":
            return self._candles(market, query, now_ns)
        return refuse("NOT_FOUND", f"no route {rest}", 404)

    @staticmethod
    def _trades(market: MarketView, query: Mapping[str, str]) -> Answer:
        limit = query.get("limit", "100")
        if not limit.isdecimal() or int(limit) < 1:
            return refuse("INVALID_ARGUMENT", "limit must be greater than 0")
        listing = market.listing
        bid, _, ask, _ = market.book.top
        trades = [
            {**trade_document(trade, listing), "bid": "", "ask": "", "exchange": "coinbase"}
            for trade in reversed(market.recent(min(int(limit), _TRADES_MAX)))
        ]
        best = {
            "best_bid": trimmed(bid, listing.price_decimals),
            "best_ask": trimmed(ask, listing.price_decimals),
        }
        return answer({"trades": trades, **best})

    @staticmethod
    def _candles(market: MarketView, query: Mapping[str, str], now_ns: int) -> Answer:
        length = GRANULARITIES.get(query.get("granularity", ""))
        start, end, limit = query.get("start", ""), query.get("end", ""), query.get("limit", "350")
        if length is None:
            return refuse("INVALID_ARGUMENT", "invalid granularity")
        if not start.isdecimal() or not end.isdecimal() or int(end) < int(start):
            return refuse("INVALID_ARGUMENT", "start and end are required, start before end")
        if (int(end) - int(start)) // (length * 60) >= CANDLES_MAX:
            return refuse(
                "INVALID_ARGUMENT", f"number of candles requested should be less than {CANDLES_MAX}"
            )
        if not limit.isdecimal():
            return refuse("INVALID_ARGUMENT", "limit must be a number")
        first, last = -(-int(start) // 60), int(end) // 60
        candles = market.candles.bars(length, first, min(last, now_ns // MINUTE_NS) + 1, now_ns)
        newest_first = candle_documents(candles, market.listing)[::-1]
        return answer({"candles": newest_first[: int(limit)]})

    def _book(self, query: Mapping[str, str], now_ns: int) -> Answer:
        market = self._markets.get(query.get("product_id", ""))
        if market is None:
            return unknown_product()
        limit = query.get("limit", "")
        depth = int(limit) if limit.isdecimal() and int(limit) else 1 << 30
        listing, book = market.listing, market.book
        price, size = listing.price_decimals, listing.size_decimals
        sides = {
            name: [{"price": trimmed(level, price), "size": trimmed(held, size)} for level, held in rows]
            for name, rows in (("bids", book.best_bids(depth)), ("asks", book.best_asks(depth)))
        }
        bid, _, ask, _ = book.top
        time = {"time": iso_trimmed(now_ns, digits=6)}
        return answer(
            {
                "pricebook": {"product_id": native(listing), **sides, **time},
                "last": last_price(market),
                "mid_market": trimmed((bid + ask) * 5, price + 1),
                "spread_bps": f"{(ask - bid) / (ask + bid) * 2e4:.12f}",
                "spread_absolute": trimmed(ask - bid, price),
            }
        )

    def _version_2(self, path: str, now_ns: int) -> Answer:
        coins = sorted({market.listing.base for market in self._markets.values()})
        quotes = sorted({market.listing.quote for market in self._markets.values()})
        if path == "currencies":
            return answer({"data": [{"id": "USD", "name": "United States Dollar", "min_size": "0.01"}]})
        if path == "currencies/crypto":
            crypto = [
                {
                    "asset_id": f"{coin}-asset",
                    "code": coin,
                    "name": coin_name(coin),
                    "exponent": 8,
                    "type": "crypto",
                }
                for coin in [*coins, *quotes]
                if coin != "USD"
            ]
            return answer({"data": crypto})
        if path == "exchange-rates":
            return answer({"data": {"currency": "USD", "rates": dict.fromkeys([*coins, *quotes], "1.0")}})
        if path == "time":
            iso = iso_trimmed(now_ns - now_ns % NS_PER_S, digits=9)
            return answer({"data": {"iso": iso, "epoch": now_ns // NS_PER_S}})
        return answer({"errors": [{"id": "not_found", "message": "Not found"}]}, 404)


def refuse(error: str, message: str, status: int = 400) -> Answer:
    """Return Coinbase's error body."""
    return answer({"error": error, "error_details": message, "message": message}, status)


def unknown_product() -> Answer:
    """Return the answer to a product that is not listed."""
    return refuse("NOT_FOUND", "valid product_id is required", 404)
