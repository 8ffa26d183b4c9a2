"""Give freqtrade the markets of a case in place of the ones a venue would send.

The only network call of a backtest is ``Exchange._load_async_markets``. Leverage tiers, which
freqtrade takes from a file of its own in dry-run, come from the case as well, so that a stored
answer does not depend on that file.
"""

from typing import Any

from freqtrade.exchange.binance import Binance
from freqtrade.exchange.exchange import Exchange

_offered: dict[str, list[Any]] = {"markets": [], "tiers": []}


def offer(markets: list[dict[str, Any]], tiers: dict[str, list[dict[str, Any]]]) -> None:
    """Set what the next exchange object will load."""
    _offered["markets"] = [ccxt_market(market) for market in markets]
    _offered["tiers"] = [{pair: ccxt_tiers(rows) for pair, rows in tiers.items()}]


def ccxt_market(market: dict[str, Any]) -> dict[str, Any]:
    """Spell a case's market (the fields of ``PairMarket``) as ccxt does."""
    pair = market["pair"]
    base, _, rest = pair.partition("/")
    quote, _, settle = rest.partition(":")
    swap = bool(settle)
    return {
        "id": pair.replace("/", "").replace(":", "_"),
        "symbol": pair,
        "base": base,
        "quote": quote,
        "settle": settle or None,
        "baseId": base,
        "quoteId": quote,
        "settleId": settle or None,
        "type": "swap" if swap else "spot",
        "spot": not swap,
        "margin": False,
        "swap": swap,
        "future": False,
        "option": False,
        "contract": swap,
        "linear": True if swap else None,
        "inverse": False if swap else None,
        "contractSize": market.get("contract_size") if swap else None,
        "active": True,
        "taker": market["taker"],
        "maker": market["maker"],
        "precision": {"price": market["price_tick"], "amount": market["amount_tick"]},
        "limits": {
            "amount": {"min": market["amount_min"], "max": market["amount_max"]},
            "cost": {"min": market["cost_min"], "max": market["cost_max"]},
            "price": {"min": None, "max": None},
            "leverage": {"min": None, "max": None},
        },
        "info": {},
    }


def ccxt_tiers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Spell leverage tiers as ccxt's ``fetchLeverageTiers`` does."""
    return [
        {
            "tier": float(number),
            "currency": "USDT",
            "minNotional": row["min_notional"],
            "maxNotional": row["max_notional"],
            "maintenanceMarginRate": row["maintenance_rate"],
            "maxLeverage": row["max_leverage"],
            "info": {"cum": str(row["maintenance_amount"])},
        }
        for number, row in enumerate(rows, start=1)
    ]


def _load_async_markets(self: Exchange, **_: bool) -> None:
    self._api_async.set_markets(_offered["markets"])


def _load_leverage_tiers(self: Binance) -> dict[str, list[dict[str, Any]]]:
    return _offered["tiers"][0] if self.trading_mode == "futures" else {}


def replace_network() -> None:
    """Replace the network call of a backtest for the rest of this process."""
    Exchange._load_async_markets = _load_async_markets  # type: ignore[method-assign]
    Binance.load_leverage_tiers = _load_leverage_tiers  # type: ignore[method-assign]
