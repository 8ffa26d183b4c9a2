"""Binance spot's REST answers.

Source: developers.binance.com, Spot API, "Market Data endpoints" and "Errors", as of 2026-08.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from market.clock import NS_PER_MS
from simulator.dialects._interface import Answer, Request, answer
from simulator.dialects._text import eight
from simulator.dialects.binance.documents import (
    MINUTE_MS,
    depth_document,
    kline_rows,
    last_price,
    native,
    symbol_document,
    ticker_document,
    top_document,
    trade_document,
)
from simulator.market_model.candles import CandleBook, Candles
from simulator.market_model.listings import Listing
from simulator.market_model.market import Market
from simulator.market_model.price_path import MINUTE_NS

DAY_MINUTES = 1440
INTERVALS = {
    "1m": 1,
    "3m": 3,
    "5m": 5,
    "15m": 15,
    "30m": 30,
    "1h": 60,
    "2h": 120,
    "4h": 240,
    "6h": 360,
    "8h": 480,
    "12h": 720,
    "1d": DAY_MINUTES,
}


class Refused(Exception):
    """The venue's answer to a request that it does not serve."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.answer = answer({"code": code, "msg": message}, status)


class Rest:
    """Answers for the markets of one venue."""

    def __init__(self, markets: Mapping[str, Market]) -> None:
        self._markets = markets
        self._routes: dict[str, Callable[[Mapping[str, str], int], object]] = {
            "/api/v3/ping": lambda _query, _now: {},
            "/api/v3/time": lambda _query, now_ns: {"serverTime": now_ns // NS_PER_MS},
            "/api/v3/exchangeInfo": self._exchange_info,
            "/api/v3/depth": self._depth,
            "/api/v3/klines": self._klines,
            "/api/v3/uiKlines": self._klines,
            "/api/v3/trades": self._trades,
            "/api/v3/aggTrades": self._agg_trades,
            "/api/v3/ticker/24hr": self._ticker_24h,
            "/api/v3/ticker/bookTicker": self._book_ticker,
            "/api/v3/ticker/price": self._ticker_price,
        }

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a request as Binance would."""
        route = self._routes.get(request.path)
        if route is None:
            if request.path.startswith(("/api/v3/order", "/api/v3/account", "/sapi/")):
                return answer({"code": -2014, "msg": "API-key format invalid."}, 401)
            return answer(
                {
                    "status": 404,
                    "error": "Not Found",
                    "message": "No message available",
                    "path": request.path,
                },
                404,
            )
        if request.method != "GET":
            return answer({"code": -1000, "msg": f"Request method '{request.method}' not supported"}, 405)
        try:
            return answer(route(request.query, now_ns))
        except Refused as refused:
            return refused.answer

    def _exchange_info(self, query: Mapping[str, str], now_ns: int) -> object:
        wanted = self._wanted(query)
        return {
            "timezone": "UTC",
            "serverTime": now_ns // NS_PER_MS,
            "rateLimits": [
                {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
                {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
                {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200000},
                {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 61000},
            ],
            "exchangeFilters": [],
            "symbols": [symbol_document(market.listing) for market in wanted],
        }

    def _depth(self, query: Mapping[str, str], _now_ns: int) -> object:
        market = self._market(query)
        limit = whole(query, "limit", default=100, least=1, most=5000)
        return depth_document(market, limit)

    def _klines(self, query: Mapping[str, str], now_ns: int) -> object:
        market = self._market(query)
        return klines(market.candles, market.listing, query, now_ns)

    def _trades(self, query: Mapping[str, str], _now_ns: int) -> object:
        market = self._market(query)
        limit = whole(query, "limit", default=500, least=1, most=1000)
        return [trade_document(trade, market.listing) for trade in market.recent(limit)]

    def _agg_trades(self, query: Mapping[str, str], _now_ns: int) -> object:
        market = self._market(query)
        limit = whole(query, "limit", default=500, least=1, most=1000)
        return [
            {
                "a": trade.trade_id,
                "p": eight(trade.price, market.listing.price_decimals),
                "q": eight(trade.size, market.listing.size_decimals),
                "f": trade.trade_id,
                "l": trade.trade_id,
                "T": trade.ts_ns // NS_PER_MS,
                "m": not trade.is_buy,
                "M": True,
            }
            for trade in market.recent(limit)
        ]

    def _ticker_24h(self, query: Mapping[str, str], now_ns: int) -> object:
        documents = [ticker_document(market, now_ns) for market in self._wanted(query)]
        return documents[0] if "symbol" in query else documents

    def _book_ticker(self, query: Mapping[str, str], _now_ns: int) -> object:
        documents = [top_document(market) for market in self._wanted(query)]
        return documents[0] if "symbol" in query else documents

    def _ticker_price(self, query: Mapping[str, str], _now_ns: int) -> object:
        documents = [
            {"symbol": native(market.listing), "price": last_price(market)} for market in self._wanted(query)
        ]
        return documents[0] if "symbol" in query else documents

    def _wanted(self, query: Mapping[str, str]) -> list[Market]:
        if "symbol" in query:
            return [self._market(query)]
        if "symbols" in query:
            names = query["symbols"].strip("[]").replace('"', "").split(",")
            return [self._market({"symbol": name}) for name in names]
        return list(self._markets.values())

    def _market(self, query: Mapping[str, str]) -> Market:
        symbol = query.get("symbol")
        if not symbol:
            message = "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."
            raise Refused(-1102, message)
        market = self._markets.get(symbol)
        if market is None:
            raise Refused(-1121, "Invalid symbol.")
        return market


def klines(book: CandleBook, listing: Listing, query: Mapping[str, str], now_ns: int) -> list[list[Any]]:
    """Return a page of bars: from startTime on, or the newest.

    Raises:
        Refused: an unknown interval, or a limit or time that is no number.
    """
    length = INTERVALS.get(query.get("interval", ""))
    if length is None:
        raise Refused(-1120, "Invalid interval.")
    limit = whole(query, "limit", default=500, least=1, most=1000)
    first, end = _window(query, length, limit, now_ns)
    candles = book.bars(length, first, end, now_ns)
    if "startTime" in query:
        return kline_rows(candles.cut(first, _page_end(candles, limit)), listing, length)
    return kline_rows(candles, listing, length)[-limit:]


def _page_end(candles: Candles, limit: int) -> int:
    opened = candles.open_minute
    return int(opened[limit]) if len(opened) > limit else 1 << 40


def _window(query: Mapping[str, str], length: int, limit: int, now_ns: int) -> tuple[int, int]:
    """Return the minutes to compute: from startTime on, else the newest up to endTime."""
    present = now_ns // MINUTE_NS
    until = min(present, whole(query, "endTime", default=1 << 60) // MINUTE_MS)
    since = -(-whole(query, "startTime", default=0) // MINUTE_MS)
    if "startTime" in query:
        return since, min(until + 1, since + (limit + 1) * length)
    return until - until % length - (limit - 1) * length, until + 1


def whole(query: Mapping[str, str], name: str, *, default: int, least: int = 0, most: int = 1 << 62) -> int:
    """Return a parameter as a whole number, at most `most`.

    Raises:
        Refused: it is no number, or below `least`.
    """
    text = query.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        _illegal(name)
    value = int(text)
    if value < least:
        _illegal(name)
    return min(value, most)


def _illegal(name: str) -> NoReturn:
    message = f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'."
    raise Refused(-1100, message)
