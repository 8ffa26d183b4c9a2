"""Make a backtest job of a found strategy: the same for freqtrade and for us."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.parity.collection.market_data import bases
from tests.parity.collection.strategy_files import Found

TIERS = [
    {"min_notional": 0.0, "max_notional": 50_000.0, "maintenance_rate": 0.004,
     "max_leverage": 125.0, "maintenance_amount": 0.0},
    {"min_notional": 50_000.0, "max_notional": 10_000_000.0, "maintenance_rate": 0.01,
     "max_leverage": 50.0, "maintenance_amount": 300.0},
]  # fmt: skip


def job_of(found: Found, *, kind: str, data: Path, timerange: str, seconds_max: int) -> dict[str, Any]:
    """Return the job: three slots, the whole balance, Binance's fee, futures if it goes short."""
    settle = ":USDT" if found.shorts else ""
    pairs = [f"{base}/USDT{settle}" for base in bases(kind)]
    pricing = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    return {
        "id": f"{found.label} {kind}",
        "strategy": found.name,
        "strategy_path": str(found.path.parent),
        "strategy_file": str(found.path),
        "config": {
            "stake_currency": "USDT",
            "stake_amount": "unlimited",
            "dry_run": True,
            "dry_run_wallet": 1000,
            "max_open_trades": 3,
            "fee": 0.001,
            "trading_mode": "futures" if found.shorts else "spot",
            "margin_mode": "isolated" if found.shorts else "",
            "exchange": {"name": "binance", "key": "", "secret": "", "pair_whitelist": pairs},
            "pairlists": [{"method": "StaticPairList"}],
            "entry_pricing": pricing,
            "exit_pricing": pricing,
            "dataformat_ohlcv": "feather",
        }
        | ({"timeframe": found.timeframe} if found.timeframe else {}),
        "datadir": str(data),
        "timerange": timerange,
        "markets": [_market(pair, futures=found.shorts) for pair in pairs],
        "tiers": dict.fromkeys(pairs, TIERS) if found.shorts else {},
        "seconds_max": seconds_max,
    }


def key_of(job: dict[str, Any], found: Found) -> str:
    """Return what the oracle's answer hangs on, as a file name."""
    stated = {
        key: value for key, value in job.items() if key not in ("strategy_path", "strategy_file", "datadir")
    }
    text = json.dumps(stated, sort_keys=True).encode() + found.path.read_bytes()
    return f"{found.name}-{hashlib.sha256(text).hexdigest()[:16]}"


def _market(pair: str, *, futures: bool) -> dict[str, Any]:
    dear = pair.split("/", maxsplit=1)[0] in ("BTC", "ETH", "BNB")
    return {
        "pair": pair,
        "price_tick": 0.01 if dear else 0.0001,
        "amount_tick": 1e-05 if dear else 0.1,
        "amount_min": 1e-05 if dear else 0.1,
        "amount_max": None,
        "cost_min": 5.0,
        "cost_max": None,
        "taker": 0.001,
        "maker": 0.001,
        "contract_size": 1.0 if futures else None,
    }
