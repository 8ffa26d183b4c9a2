"""A freqtrade exchange that knows the markets it is given and asks nobody."""

from typing import Any

import freqtrade.exchange as exchanges
from freqtrade.enums import MarginMode, TradingMode
from freqtrade.resolvers import ExchangeResolver  # noqa: F401 (loads the exchanges)

PAIR = "BTC/USDT:USDT"
TICK_SIZE = 4
TIER_NAMES = ("minNotional", "maxNotional", "maintenanceMarginRate", "maxLeverage", "maintAmt")
VENUES = {
    "binance": "Binance",
    "bybit": "Bybit",
    "okx": "Okx",
    "gate": "Gate",
    "bitget": "Bitget",
    "hyperliquid": "Hyperliquid",
    "kraken": "Kraken",
}


def offline_exchange(terms: dict[str, Any], market: dict[str, Any] | None, tiers: dict[str, Any]) -> Any:
    """Return the exchange of `terms`: with one market, or with a few bare ones and the pairs of `tiers`."""
    base = getattr(exchanges, VENUES[terms["exchange"]])

    class Offline(base):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            self._config = terms
            self.trading_mode = TradingMode(terms["trading_mode"])
            self.margin_mode = MarginMode(terms["margin_mode"])
            self.liquidation_buffer = terms.get("liquidation_buffer", 0.05)
            self._api = _Api()
            self._is_demo_trading = False
            self._markets = _markets(market, tiers)
            known = {**({PAIR: market["leverage_tiers"]} if market else {}), **tiers}
            self._leverage_tiers = {pair: _tiers(rows) for pair, rows in known.items() if rows}

        def __del__(self) -> None:
            pass

    return Offline()


class _Api:
    precisionMode = TICK_SIZE  # noqa: N815 (ccxt's name)
    name = "offline"

    @staticmethod
    def describe() -> dict[str, Any]:
        return {}


def _markets(market: dict[str, Any] | None, tiers: dict[str, Any]) -> dict[str, Any]:
    bare = {pair: {"base": pair[0]} for pair in ("A/USDT", "B/USDT", "C/USDT")}
    leveraged = {
        pair: {"base": pair[0], "taker": 0.001, "limits": {"leverage": {"max": 20.0}}} for pair in tiers
    }
    return {**({PAIR: _ccxt(market)} if market else bare), **leveraged}


def _tiers(rows: list[list[float | None]]) -> list[dict[str, Any]]:
    return [dict(zip(TIER_NAMES, row, strict=True)) for row in rows]


def _ccxt(market: dict[str, Any]) -> dict[str, Any]:
    return {
        "base": "BTC",
        "inverse": False,
        "taker": market["taker"],
        "contractSize": market["contract_size"],
        "precision": {"amount": market["amount_tick"], "price": market["price_tick"]},
        "limits": {
            "amount": {"min": market["amount_min"], "max": market["amount_max"]},
            "cost": {"min": market["cost_min"], "max": market["cost_max"]},
            "leverage": {"max": market["leverage_max"]},
        },
    }
