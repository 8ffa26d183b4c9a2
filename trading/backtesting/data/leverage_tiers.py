"""Leverage tiers beside futures candles: `futures/leverage_tiers_USDT.json`, as freqtrade keeps them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trading.backtesting.errors import BadConfig
from trading.strategy_framework.trades.markets.market import LeverageTier

Tiers = tuple[LeverageTier, ...]


def read_tiers(folder: Path) -> dict[str, Tiers]:
    """Return the tiers by pair that the files of a data folder hold, of all stake currencies.

    Raises:
        BadConfig: a file can't be read, or a tier in it makes no sense.
    """
    found: dict[str, Tiers] = {}
    for path in sorted((folder / "futures").glob("leverage_tiers_*.json")):
        try:
            pairs = json.loads(path.read_text(encoding="utf-8"))["data"]
            found |= {pair: tuple(tier_from_ccxt(tier) for tier in tiers) for pair, tiers in pairs.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadConfig(f"{path} can't be used as leverage tiers: {error!r}") from None
    return found


def tier_from_ccxt(tier: Mapping[str, Any]) -> LeverageTier:
    """Return a tier as ccxt describes it, or as freqtrade keeps it.

    Raises:
        KeyError: a field is missing.
        ValueError: a field is no number.
    """
    amount = tier.get("maintAmt", (tier.get("info") or {}).get("cum"))
    notional_max = tier.get("maxNotional")
    return LeverageTier(
        notional_min=float(tier["minNotional"]),
        notional_max=None if notional_max is None else float(notional_max),
        maintenance_ratio=float(tier["maintenanceMarginRate"]),
        leverage_max=float(tier["maxLeverage"]),
        maintenance_amount=None if amount is None else float(amount),
    )
