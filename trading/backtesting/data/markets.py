"""The rules of markets for backtests without a network: `markets.json` in the data folder, or defaults.

`tidegate download` writes the file: a list of markets as ccxt describes them (symbol, precision in
tick sizes, limits, taker, maker, contractSize; leverage tiers beside them). For a pair that it does
not hold, a market is assumed without minimum amounts, with amounts in steps of 1e-8 and the venue's
public taker fee; prices are rounded to the steps seen in the candles either way. A fee in the
configuration or by `--fee` wins over the markets' own. Leverage needs tiers: from the same file, or
from freqtrade's `futures/leverage_tiers_USDT.json`; a pair without them is traded with leverage 1.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from trading.backtesting.data.files.whole_file import write_content
from trading.backtesting.data.leverage_tiers import read_tiers, tier_from_ccxt
from trading.backtesting.errors import BadConfig
from trading.core.instruments import UNKNOWN_VENUE_FEES, VENUE_FEES
from trading.strategy_framework.trades.markets.market import PairMarket

MARKETS_FILE = "markets.json"
ASSUMED_AMOUNT_STEP = 1e-8
PERPETUAL_FEES = {"binance": (0.0002, 0.0005)}
"""Maker and taker of perpetuals, where they are not those of the spot market (binance.com, 2026-11)."""
_KEPT = ("symbol", "base", "quote", "settle", "type", "contractSize", "taker", "maker", "leverage_tiers")


def markets_for(
    pairs: Iterable[str], folder: Path | None, venue: str, *, file: Path | None = None
) -> dict[str, PairMarket]:
    """Return a market for each pair, from the folder's file (or another) where it has one, else assumed.

    Raises:
        BadConfig: the file can't be read, or a market in it makes no sense.
    """
    path = file or (
        None if folder is None or not (folder / MARKETS_FILE).is_file() else folder / MARKETS_FILE
    )
    known = {} if path is None else read_markets(path)
    tiers = {} if folder is None else read_tiers(folder)
    found = {pair: known.get(pair) or assumed_market(pair, venue) for pair in pairs}
    return {
        pair: market if market.leverage_tiers else structs.replace(market, leverage_tiers=tiers.get(pair, ()))
        for pair, market in found.items()
    }


def assumed_market(pair: str, venue: str) -> PairMarket:
    """Return what is assumed of a pair that no markets file describes."""
    fees = VENUE_FEES.get(venue, UNKNOWN_VENUE_FEES)
    maker, taker = (float(fees.maker), float(fees.taker))
    if ":" in pair:
        maker, taker = PERPETUAL_FEES.get(venue, (maker, taker))
    return PairMarket(pair, amount_tick=ASSUMED_AMOUNT_STEP, taker=taker, maker=maker)


def read_markets(path: Path) -> dict[str, PairMarket]:
    """Return the markets of a file by pair.

    Raises:
        BadConfig: the file can't be read, or a market in it makes no sense.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"{path} can't be read: {error.strerror}") from None
    except ValueError as error:
        raise BadConfig(f"{path} can't be read as JSON: {error}") from None
    listed = list(entries.values()) if isinstance(entries, dict) else entries
    if not isinstance(listed, list):
        raise BadConfig(f"{path} must hold a list of markets, or markets by pair")
    markets = {}
    for position, entry in enumerate(listed):
        try:
            market = market_from_ccxt(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            name = entry.get("symbol", position) if isinstance(entry, dict) else position
            raise BadConfig(f"{path}: the market {name} can't be used: {error!r}") from None
        markets[market.pair] = market
    return markets


def write_markets(folder: Path, markets: Sequence[Mapping[str, Any]]) -> Path:
    """Keep what backtests need of ccxt's markets beside the candles; those of other pairs stay.

    Raises:
        NotWritten: the file can't be written.
        BadConfig: the file that is there can't be read.
    """
    path = folder / MARKETS_FILE
    entries: dict[str, Any] = {}
    if path.is_file():
        try:
            entries = {entry["symbol"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))}
        except (OSError, ValueError, KeyError, TypeError):
            raise BadConfig(f"{path} is no list of markets; delete it to have it fetched again") from None
    for market in markets:
        kept = {name: market[name] for name in _KEPT if market.get(name) is not None}
        kept["precision"] = {side: market["precision"].get(side) for side in ("price", "amount")}
        limits = market.get("limits", {})
        kept["limits"] = {name: limits.get(name) or {} for name in ("amount", "cost", "leverage")}
        entries[market["symbol"]] = kept
    text = json.dumps([entries[name] for name in sorted(entries)], indent=1)
    write_content(path, text.encode())
    return path


def market_from_ccxt(market: Mapping[str, Any]) -> PairMarket:
    """Return a market that ccxt describes, its precision in tick sizes.

    Raises:
        KeyError: the symbol is missing.
        ValueError: a value that is no number, or no step size.
    """
    precision, limits = market.get("precision") or {}, market.get("limits") or {}
    amount, cost = limits.get("amount") or {}, limits.get("cost") or {}
    taker = _number(market.get("taker"))
    maker = _number(market.get("maker"))
    return PairMarket(
        pair=str(market["symbol"]),
        price_tick=_number(precision.get("price")),
        amount_tick=_number(precision.get("amount")),
        amount_min=_number(amount.get("min")),
        amount_max=_number(amount.get("max")),
        cost_min=_number(cost.get("min")),
        cost_max=_number(cost.get("max")),
        taker=float(UNKNOWN_VENUE_FEES.taker) if taker is None else taker,
        maker=float(UNKNOWN_VENUE_FEES.maker) if maker is None else maker,
        contract_size=_number(market.get("contractSize")),
        leverage_tiers=tuple(tier_from_ccxt(tier) for tier in market.get("leverage_tiers") or ()),
        leverage_max=_number((limits.get("leverage") or {}).get("max")),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
