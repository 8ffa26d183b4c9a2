"""The benchmark's candles, strategy and configuration, in freqtrade's own formats.

The candles are seeded random walks, so that every machine measures the same trades.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PAIRS = (
    ("BTC/USDT", 42_000.0, 2),
    ("ETH/USDT", 2_300.0, 2),
    ("BNB/USDT", 310.0, 1),
    ("SOL/USDT", 101.0, 2),
    ("XRP/USDT", 0.6182, 4),
    ("DOGE/USDT", 0.09043, 5),
    ("ADA/USDT", 0.5938, 4),
    ("AVAX/USDT", 38.5, 2),
)
"""Pair, first price, decimals of its prices."""

FEE = 0.001
START = "2024-01-01"
DAYS = 365
SLOTS = 4
SEED = 20240101
MINUTES = {"5m": 5, "1m": 1}
MONEY: dict[str, tuple[float | str, float]] = {"5m": ("unlimited", 10_000.0), "1m": (1_000.0, 100_000.0)}
"""Stake and balance; with all of it staked, a year of 1m would lose too much to fees to go on."""

STRATEGIES = {
    "EmaCross": """
import talib.abstract as ta
from freqtrade.strategy import IStrategy


class EmaCross(IStrategy):
    timeframe = "{timeframe}"
    minimal_roi = {{"0": 0.10}}
    stoploss = -0.05
    startup_candle_count = 100

    def populate_indicators(self, dataframe, metadata):
        dataframe["fast"] = ta.EMA(dataframe, timeperiod=20)
        dataframe["slow"] = ta.EMA(dataframe, timeperiod=100)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        crossed = (dataframe["fast"] > dataframe["slow"]) & (
            dataframe["fast"].shift(1) <= dataframe["slow"].shift(1)
        )
        dataframe.loc[crossed, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        crossed = (dataframe["fast"] < dataframe["slow"]) & (
            dataframe["fast"].shift(1) >= dataframe["slow"].shift(1)
        )
        dataframe.loc[crossed, "exit_long"] = 1
        return dataframe
""",
}
STRATEGIES["EmaCrossCallbacks"] = (
    STRATEGIES["EmaCross"].replace("class EmaCross(", "class EmaCrossCallbacks(")
    + """
    use_custom_stoploss = True

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, after_fill, **kwargs):
        return -0.02 if current_profit > 0.02 else -0.05

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        if current_profit > 0.06 and (current_time - trade.open_date_utc).total_seconds() > 7200:
            return "long_enough"
        return None
"""
)
"""The callback-free strategy, and the same one with custom_stoploss and custom_exit."""


def write_scenario(folder: Path, timeframe: str, *, days: int = DAYS) -> Path:
    """Write candles, configuration and strategies below `folder` unless they are there; return it."""
    home = folder / f"{timeframe}-{days}d-{SEED}"
    (home / "data").mkdir(parents=True, exist_ok=True)
    (home / "strategies").mkdir(exist_ok=True)
    for number, (pair, price, decimals) in enumerate(PAIRS):
        path = home / "data" / f"{pair.replace('/', '_')}-{timeframe}.feather"
        if not path.exists():
            rng = np.random.default_rng(SEED + number)
            frame = _candles(rng, price, decimals, MINUTES[timeframe], days)
            frame.to_feather(path, compression="lz4", compression_level=9)
    for name, text in STRATEGIES.items():
        source = text.format(timeframe=timeframe)
        (home / "strategies" / f"{name}.py").write_text(source.lstrip("\n"), encoding="utf-8")
    (home / "config.json").write_text(json.dumps(_config(timeframe), indent=2), encoding="utf-8")
    markets = [_market(pair, decimals) for pair, _, decimals in PAIRS]
    (home / "data" / "markets.json").write_text(json.dumps(markets), encoding="utf-8")
    return home


def candle_count(timeframe: str, days: int) -> int:
    """Return how many candles the scenario has over all pairs."""
    return days * 1440 // MINUTES[timeframe] * len(PAIRS)


def _candles(rng: np.random.Generator, price: float, decimals: int, minutes: int, days: int) -> pd.DataFrame:
    rows = days * 1440 // minutes
    spread = 0.0007 * minutes**0.5
    close = price * np.exp(np.cumsum(rng.normal(0.0, spread, rows)))
    opened = np.concatenate(([price], close[:-1]))
    high = np.maximum(opened, close) * (1 + np.abs(rng.normal(0, spread / 2, rows)))
    low = np.minimum(opened, close) * (1 - np.abs(rng.normal(0, spread / 2, rows)))
    columns: dict[str, Any] = {
        "date": pd.date_range(START, periods=rows, freq=f"{minutes}min", tz="UTC").as_unit("ms")
    }
    for name, values in (("open", opened), ("high", high), ("low", low), ("close", close)):
        columns[name] = np.round(values, decimals)
    columns["volume"] = np.round(rng.lognormal(3, 1, rows), 3)
    return pd.DataFrame(columns)


def _config(timeframe: str) -> dict[str, Any]:
    stake, balance = MONEY[timeframe]
    return {
        "stake_currency": "USDT",
        "stake_amount": stake,
        "tradable_balance_ratio": 0.99,
        "dry_run": True,
        "dry_run_wallet": balance,
        "max_open_trades": SLOTS,
        "fee": FEE,
        "trading_mode": "spot",
        "dataformat_ohlcv": "feather",
        "entry_pricing": {"price_side": "same", "use_order_book": False},
        "exit_pricing": {"price_side": "same", "use_order_book": False},
        "exchange": {"name": "binance", "pair_whitelist": [pair for pair, _, _ in PAIRS]},
        "pairlists": [{"method": "StaticPairList"}],
        "export": "trades",
    }


def _market(pair: str, decimals: int) -> dict[str, Any]:
    base, quote = pair.split("/")
    kinds = {"margin": False, "swap": False, "future": False, "option": False, "contract": False}
    return {
        "id": base + quote,
        "symbol": pair,
        "base": base,
        "quote": quote,
        "baseId": base,
        "quoteId": quote,
        "type": "spot",
        "spot": True,
        "active": True,
        "taker": FEE,
        "maker": FEE,
        "precision": {"price": 10.0**-decimals, "amount": 1e-5, "cost": None},
        "limits": {
            "amount": {"min": 1e-5, "max": 1e9},
            "price": {"min": 10.0**-decimals, "max": 1e6},
            "cost": {"min": 5.0, "max": 9e6},
            "leverage": {"min": None, "max": None},
        },
        "info": {},
        **kinds,
    }
