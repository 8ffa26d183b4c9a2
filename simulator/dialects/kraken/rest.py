"""Kraken spot's public REST answers.

Every answer is `{"error": [...], "result": ...}` with status 200, refusals too.
Source: docs.kraken.com, Spot REST API, "MarketView Data", as of 2026-08.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from market.clock import NS_PER_S
from simulator.dialects._interface import Answer, MarketView, Request, answer
from simulator.dialects._text import fixed, iso
from simulator.dialects.kraken.documents import altname, asset_id, asset_pair, pair_altname, pair_id
from simulator.market_model.price_path import MINUTE_NS

INTERVALS = (1, 5, 15, 30, 60, 240, 1440)
BARS_MAX = 720
_DEPTH_MAX = 500
_TRADES_MAX = 1000
_PUBLIC = "/0/public/"


class Refused(Exception):
    """The venue's error code for a request that it does not serve."""


class Rest:
    """Answers for the markets of the venue."""

    def __init__(self, markets: Sequence[MarketView]) -> None:
        self._markets = {pair_id(market.listing): market for market in markets}
        self._aliases = {pair_altname(market.listing): pair_id(market.listing) for market in markets}
        self._aliases |= {
            market.listing.symbol.replace("/", ""): pair_id(market.listing) for market in markets
        }
        self._routes: dict[str, Callable[[Mapping[str, str], int], object]] = {
            "Time": self._time,
            "SystemStatus": lambda _, now: {"status": "online", "timestamp": iso(now, digits=6)[:19] + "Z"},
            "Assets": self._assets,
            "AssetPairs": self._asset_pairs,
            "Ticker": self._ticker,
            "OHLC": self._bars,
            "Depth": self._depth,
            "Trades": self._trades,
        }

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a request as Kraken would."""
        route = self._routes.get(request.path.removeprefix(_PUBLIC))
        if route is None or not request.path.startswith(_PUBLIC):
            private = request.path.startswith("/0/private/")
            return answer({"error": ["EAPI:Invalid key" if private else "EGeneral:Unknown method"]})
        try:
            return answer({"error": [], "result": route(request.query, now_ns)})
        except Refused as refused:
            return answer({"error": [str(refused)]})

    @staticmethod
    def _time(_query: Mapping[str, str], now_ns: int) -> object:
        seconds = now_ns // NS_PER_S
        text = datetime.fromtimestamp(seconds, UTC).strftime("%a, %d %b %y %H:%M:%S +0000")
        return {"unixtime": seconds, "rfc1123": text}

    def _assets(self, _query: Mapping[str, str], _now_ns: int) -> object:
        coins = {
            coin for market in self._markets.values() for coin in (market.listing.base, market.listing.quote)
        }
        return {
            asset_id(coin): {
                "aclass": "currency",
                "altname": altname(coin),
                "decimals": 10,
                "display_decimals": 5,
                "status": "enabled",
            }
            for coin in sorted(coins)
        }

    def _asset_pairs(self, query: Mapping[str, str], _now_ns: int) -> object:
        return {name: asset_pair(market.listing) for name, market in self._wanted(query).items()}

    def _ticker(self, query: Mapping[str, str], now_ns: int) -> object:
        return {name: _ticker(market, now_ns) for name, market in self._wanted(query).items()}

    def _bars(self, query: Mapping[str, str], now_ns: int) -> object:
        name, market = self._one(query)
        interval = _whole(query, "interval", 1)
        if interval not in INTERVALS:
            raise Refused("EGeneral:Invalid arguments")
        since = _whole(query, "since", 0)
        listing = market.listing
        present = now_ns // MINUTE_NS
        last_open = present - present % interval
        bars = market.candles.bars(interval, last_open - (BARS_MAX - 1) * interval, present + 1, now_ns)
        price = listing.price_decimals
        rows = [
            [
                opened * 60,
                fixed(first, price),
                fixed(high, price),
                fixed(low, price),
                fixed(last, price),
                f"{quote / volume * 10**listing.size_decimals:.{price}f}",
                fixed(volume, listing.size_decimals),
                count,
            ]
            for opened, first, high, low, last, volume, count, _, quote in zip(
                *(column.tolist() for column in bars[:9]), strict=True
            )
            if opened * 60 > since
        ]
        return {name: rows, "last": (last_open - interval) * 60}

    def _depth(self, query: Mapping[str, str], now_ns: int) -> object:
        name, market = self._one(query)
        count = min(_whole(query, "count", 100), _DEPTH_MAX)
        listing, book, seconds = market.listing, market.book, now_ns // NS_PER_S
        return {
            name: {
                side: [
                    (fixed(price, listing.price_decimals), fixed(size, listing.size_decimals), seconds)
                    for price, size in rows
                ]
                for side, rows in (("asks", book.best_asks(count)), ("bids", book.best_bids(count)))
            }
        }

    def _trades(self, query: Mapping[str, str], _now_ns: int) -> object:
        name, market = self._one(query)
        count = min(_whole(query, "count", _TRADES_MAX), _TRADES_MAX)
        since = _whole(query, "since", 0)
        since_ns = since if since > 10**15 else since * NS_PER_S
        listing = market.listing
        trades = [trade for trade in market.recent(_TRADES_MAX) if trade.ts_ns > since_ns]
        trades = trades[:count] if since else trades[-count:]
        rows = [
            [
                fixed(trade.price, listing.price_decimals),
                fixed(trade.size, listing.size_decimals),
                trade.ts_ns / NS_PER_S,
                "b" if trade.is_buy else "s",
                "m" if trade.trade_id % 3 else "l",
                "",
                trade.trade_id,
            ]
            for trade in trades
        ]
        return {name: rows, "last": str(trades[-1].ts_ns if trades else since_ns)}

    def _wanted(self, query: Mapping[str, str]) -> dict[str, MarketView]:
        if "pair" not in query:
            return self._markets
        return dict(self._one({"pair": name}) for name in query["pair"].split(","))

    def _one(self, query: Mapping[str, str]) -> tuple[str, MarketView]:
        asked = query.get("pair", "").replace("/", "")
        if not asked:
            raise Refused("EGeneral:Invalid arguments")
        name = self._aliases.get(asked, asked)
        if name not in self._markets:
            raise Refused("EQuery:Unknown asset pair")
        return name, self._markets[name]


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise Refused("EGeneral:Invalid arguments")
    return int(text)


def _ticker(market: MarketView, now_ns: int) -> dict[str, object]:
    listing, day = market.listing, market.day(now_ns)
    price, size = listing.price_decimals, listing.size_decimals
    bid, bid_size, ask, ask_size = market.book.top
    last = market.last
    volume, average = fixed(day.volume, size), f"{day.average:.{price}f}"
    low, high = fixed(day.low, price), fixed(day.high, price)
    return {
        "a": [fixed(ask, price), "1", fixed(ask_size, size)],
        "b": [fixed(bid, price), "1", fixed(bid_size, size)],
        "c": [fixed(last.price if last else bid, price), fixed(last.size if last else 0, size)],
        "v": [volume, volume],
        "p": [average, average],
        "t": [day.trade_count, day.trade_count],
        "l": [low, low],
        "h": [high, high],
        "o": fixed(day.open, price),
    }
