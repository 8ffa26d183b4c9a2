"""REST answers from a recording: books as they stand in the replay, bars as they were sent."""

from collections.abc import Callable, Mapping
from typing import Any

from market.clock import NS_PER_MS
from simulator.dialects._interface import Answer, Request, answer
from simulator.dialects.binance.documents import symbol_document, trade_document
from simulator.dialects.binance.rest import Refused, klines, whole
from simulator.recorded.market import RecordedMarket

PREFIXES = {
    "binance": "/api/v3",
    "binance_us": "/api/v3",
    "binance_usdm": "/fapi/v1",
    "binance_coinm": "/dapi/v1",
}
_PERPETUAL_MS = 4_133_404_800_000  # 2100-12-25, as Binance writes "never"


class RecordedRest:
    """Answers for the symbols of one recorded venue."""

    def __init__(self, venue: str, markets: Mapping[str, RecordedMarket]) -> None:
        self._venue = venue
        self._markets = markets
        self._routes: dict[str, Callable[[Mapping[str, str], int], object]] = {
            "/ping": lambda _query, _now_ns: {},
            "/time": lambda _query, now_ns: {"serverTime": now_ns // NS_PER_MS},
            "/exchangeInfo": self._exchange_info,
            "/depth": self._depth,
            "/klines": self._klines,
            "/trades": self._trades,
            "/ticker/bookTicker": self._book_ticker,
        }

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a request as Binance would."""
        prefix = PREFIXES[self._venue]
        route = self._routes.get(request.path.removeprefix(prefix))
        if route is None or not request.path.startswith(prefix):
            message = "not in a recording"
            return answer(
                {"status": 404, "error": "Not Found", "message": message, "path": request.path}, 404
            )
        try:
            return answer(route(request.query, now_ns))
        except Refused as refused:
            return refused.answer

    def _exchange_info(self, _query: Mapping[str, str], now_ns: int) -> object:
        return {
            "timezone": "UTC",
            "serverTime": now_ns // NS_PER_MS,
            "rateLimits": [],
            "exchangeFilters": [],
            "symbols": [self._symbol(market) for market in self._markets.values()],
        }

    def _symbol(self, market: RecordedMarket) -> dict[str, Any]:
        document = symbol_document(market.listing) | {"symbol": market.name}
        settle = market.symbol.partition(":")[2]
        if settle:
            document |= {
                "pair": market.listing.base + market.listing.quote,
                "contractType": "PERPETUAL",
                "deliveryDate": _PERPETUAL_MS,
                "marginAsset": settle,
                "contractStatus": "TRADING",
            }
        return document

    def _depth(self, query: Mapping[str, str], now_ns: int) -> object:
        market = self._market(query)
        limit = whole(query, "limit", default=100, least=1, most=5000)
        document: dict[str, Any] = {"lastUpdateId": market.book.sequence}
        if ":" in market.symbol:
            document |= {"E": now_ns // NS_PER_MS, "T": now_ns // NS_PER_MS}
        return document | {"bids": market.book.bids(limit), "asks": market.book.asks(limit)}

    def _klines(self, query: Mapping[str, str], now_ns: int) -> object:
        market = self._market(query)
        return klines(market.candles, market.listing, query, now_ns)

    def _trades(self, query: Mapping[str, str], _now_ns: int) -> object:
        market = self._market(query)
        limit = whole(query, "limit", default=500, least=1, most=1000)
        return [trade_document(trade, market.listing) for trade in list(market.last_trades)[-limit:]]

    def _book_ticker(self, query: Mapping[str, str], _now_ns: int) -> object:
        wanted = [self._market(query)] if "symbol" in query else list(self._markets.values())
        documents = []
        for market in wanted:
            (bid, bid_size), (ask, ask_size) = market.book.bids(1)[0], market.book.asks(1)[0]
            quote = {"bidPrice": bid, "bidQty": bid_size, "askPrice": ask, "askQty": ask_size}
            documents.append({"symbol": market.name} | quote)
        return documents[0] if "symbol" in query else documents

    def _market(self, query: Mapping[str, str]) -> RecordedMarket:
        market = self._markets.get(query.get("symbol", ""))
        if market is None:
            raise Refused(-1121, "Invalid symbol.")
        return market
