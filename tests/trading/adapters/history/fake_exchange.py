"""An exchange with ccxt's interface and a memory: candles it has, requests it saw, failures it owes."""

from typing import Any

import ccxt

MINUTE_MS = 60_000
START_MS = 1_704_067_200_000


class FakeExchange:
    """Holds one-minute candles from `listed_ms` on, up to `now_ms`; the last of them is still open."""

    precisionMode = ccxt.TICK_SIZE  # noqa: N815 - ccxt's name

    def __init__(self, *, listed_ms: int = START_MS, minutes: int = 3000, page: int = 1000) -> None:
        self.listed_ms = listed_ms
        self.now_ms = listed_ms + minutes * MINUTE_MS
        self.page = page
        self.timeframes = {"1m": "1m", "5m": "5m", "1h": "1h"}
        self.asked_since: list[int] = []
        self.failures: list[Exception] = []
        self.holes: set[int] = set()
        self.tiers_are_private = False

    def load_markets(self) -> dict[str, Any]:
        market = {
            "symbol": "BTC/USDT:USDT",
            "type": "swap",
            "precision": {"price": 0.1, "amount": 0.001},
            "limits": {"amount": {"min": 0.001, "max": None}, "cost": {"min": 5, "max": None}},
            "taker": 0.0005,
            "maker": 0.0002,
            "contractSize": 1.0,
        }
        return {"BTC/USDT:USDT": market, "BTC/USDT": {**market, "symbol": "BTC/USDT", "type": "spot"}}

    def fetch_ohlcv(
        self, symbol: str, timeframe: str, *, since: int, limit: int, params: dict[str, Any]
    ) -> list[list[float]]:
        self.asked_since.append(since)
        if self.failures:
            raise self.failures.pop(0)
        step = {"1m": 1, "5m": 5, "1h": 60}[timeframe] * MINUTE_MS
        first = max(since, self.listed_ms)
        first += -first % step
        price = 2.0 if params.get("price") == "mark" else 1.0
        opens = range(first, self.now_ms, step)
        rows = [
            [at, price, price + at % 7, 0.5, price, at % 1000 + 0.25] for at in opens if at not in self.holes
        ]
        return rows[: min(limit, self.page)]

    def fetch_funding_rate_history(self, symbol: str, *, since: int, limit: int) -> list[dict[str, Any]]:
        step = 480 * MINUTE_MS
        first = max(since, self.listed_ms)
        first += -first % step
        rates = [{"timestamp": at + 3, "fundingRate": 0.0001} for at in range(first, self.now_ms, step)]
        return [rate for rate in rates if rate["timestamp"] >= since][:limit]

    def fetch_market_leverage_tiers(self, symbol: str) -> list[dict[str, Any]]:
        if self.tiers_are_private:
            raise ccxt.AuthenticationError("sign in first")
        return [
            {
                "minNotional": 0,
                "maxNotional": 1e6,
                "maintenanceMarginRate": 0.01,
                "maxLeverage": 20,
                "info": {},
            }
        ]
