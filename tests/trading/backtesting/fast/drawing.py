"""Seeded random backtests: candles, signals, settings and per-trade callbacks."""

import zlib
from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
import pandas as pd

from trading.backtesting.ports import UNBOUNDED, TimeRange
from trading.backtesting.result import BacktestResult
from trading.backtesting.run import run_backtest
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured
from trading.strategy_framework.trades.markets.market import LeverageTier, PairMarket
from trading.strategy_framework.trades.trade import Trade

ROWS = 400
MINUTES = 5
TIERS = (LeverageTier(0.0, 5_000.0, 0.01, 20.0, 0.0), LeverageTier(5_000.0, 1e9, 0.05, 4.0, 200.0))


def draw_candles(random: Random, start: str = "2024-01-28") -> pd.DataFrame:
    """Return candles over a month's end; their decimals may grow with the month, gaps are possible."""
    rng = np.random.default_rng(random.getrandbits(32))
    price, spread = random.choice([0.0523, 0.9, 31.0, 4321.0]), random.choice([0.0005, 0.004, 0.012])
    close = price * np.exp(np.cumsum(rng.normal(0.0, spread, ROWS)))
    jumps = rng.normal(0.0, spread, ROWS) * (rng.random(ROWS) < random.choice([0.0, 0.2]))
    opened = np.concatenate(([price], close[:-1])) * (1 + jumps)
    high = np.maximum(opened, close) * (1 + np.abs(rng.normal(0, spread, ROWS)))
    low = np.minimum(opened, close) * (1 - np.abs(rng.normal(0, spread, ROWS)))
    digits = max(random.choice([2, 3, 4, 5]) - int(np.floor(np.log10(price))), 0)
    decimals = np.where(np.arange(ROWS) < random.choice([0, ROWS // 2]), max(digits - 1, 0), digits)
    columns: dict[str, Any] = {"date": pd.date_range(start, periods=ROWS, freq=f"{MINUTES}min", tz="UTC")}
    scale = 10.0**decimals
    for name, values in (("open", opened), ("high", high), ("low", low), ("close", close)):
        columns[name] = np.round(values * scale) / scale
    columns["high"] = np.maximum.reduce([columns["high"], columns["open"], columns["close"]])
    columns["low"] = np.minimum.reduce([columns["low"], columns["open"], columns["close"]])
    columns["volume"] = np.ones(ROWS)
    return pd.DataFrame(columns).iloc[random.choice([0, 0, 40]) : random.choice([ROWS, ROWS, ROWS - 30])]


class FrameStore:
    """Candles of one timeframe, without gaps, as they were drawn."""

    def __init__(self, frames: dict[str, pd.DataFrame]) -> None:
        self._frames = frames
        hours = pd.date_range("2024-01-27", "2024-02-03", freq="h", tz="UTC")
        rates = 0.0004 * np.sin(np.arange(len(hours)))
        self._rates = pd.DataFrame({"date": hours, "open": rates})
        self._marks = pd.DataFrame({"date": hours, "open": 30.0 + np.cos(np.arange(len(hours)))})

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        extra = {"funding_rate": self._rates, "mark": self._marks}.get(candle_type)
        return (self._frames[pair].reset_index(drop=True) if extra is None else extra).copy()

    def pairs(self, timeframe: str) -> list[str]:
        return sorted(self._frames)


class Drawn(IStrategy):
    """Random marks, by pair; its settings come from the configuration."""

    timeframe = "5m"
    stoploss = -0.05
    marks_seed = 0
    density = 0.05

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        random = self._random(metadata, 1).random(len(dataframe))
        dataframe["enter_long"] = (random < self.density).astype(int)
        dataframe["enter_tag"] = np.where(random < self.density / 2, "strong", "weak")
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        random = self._random(metadata, 2).random(len(dataframe))
        dataframe["exit_long"] = (random < self.density).astype(int)
        dataframe.loc[random < self.density / 3, "exit_tag"] = "tired"
        return dataframe

    def _random(self, metadata: Mapping[str, Any], which: int) -> np.random.Generator:
        return np.random.default_rng([self.marks_seed, which, zlib.crc32(metadata["pair"].encode())])


class DrawnAndAsking(Drawn):
    """Also asks at every entry and exit, and looks at all open trades while doing so."""

    seen: list[Any]

    def confirm_trade_entry(self, pair: str, rate: float, **kwargs: Any) -> bool:
        return self._note(pair, rate) % 4 != 0

    def confirm_trade_exit(self, pair: str, rate: float, **kwargs: Any) -> bool:
        return self._note(pair, rate) % 4 != 0

    def custom_entry_price(self, pair: str, proposed_rate: float, **kwargs: Any) -> float:
        return proposed_rate * (1 - self._note(pair, proposed_rate) % 3 * 0.001)

    def custom_exit_price(self, pair: str, proposed_rate: float, **kwargs: Any) -> float:
        return proposed_rate * (1 + self._note(pair, proposed_rate) % 3 * 0.001)

    def _note(self, pair: str, rate: float) -> int:
        for trade in Trade.get_trades_proxy(is_open=True):
            self.seen.append((pair, rate, trade.pair, trade.stop_loss, trade.max_rate, trade.min_rate))
        known = [len(self.dp.get_analyzed_dataframe(each, "5m")[0]) for each in self.dp.current_whitelist()]
        self.seen.append((known, self.wallets.get_free("USDT")))
        return zlib.crc32(f"{pair}{rate!r}".encode())


class DrawnShorts(Drawn):
    """Trades both directions with leverage."""

    can_short = True

    def leverage(self, pair: str, max_leverage: float, side: str, **kwargs: Any) -> float:
        return min(3.0 if side == "long" else 5.0, max_leverage)

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        dataframe = super().populate_entry_trend(dataframe, metadata)
        random = self._random(metadata, 3).random(len(dataframe))
        dataframe["enter_short"] = (random < self.density).astype(int)
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        dataframe = super().populate_exit_trend(dataframe, metadata)
        random = self._random(metadata, 4).random(len(dataframe))
        dataframe["exit_short"] = (random < self.density).astype(int)
        return dataframe


def draw_settings(random: Random) -> dict[str, Any]:
    """Return a random configuration of a spot strategy."""
    roi = {str(key): random.choice([0.002, 0.01, 0.03, 10, -1]) for key in random.sample(range(0, 300, 5), 3)}
    settings: dict[str, Any] = {
        "stake_currency": "USDT",
        "stake_amount": random.choice(["unlimited", 90.0, 320.0]),
        "dry_run_wallet": 1000,
        "max_open_trades": random.choice([1, 2, 3, -1]),
        "fee": random.choice([0.0, 0.001, 0.0004]),
        "minimal_roi": random.choice([{}, {"0": 0.02}, {"0": 0.04, **roi}]),
        "stoploss": random.choice([-0.01, -0.03, -0.2]),
        "exit_profit_only": random.random() < 0.3,
        "exit_profit_offset": random.choice([0.0, 0.003]),
        "use_exit_signal": random.random() < 0.8,
        "ignore_roi_if_entry_signal": random.random() < 0.3,
        "amend_last_stake_amount": random.random() < 0.3,
        "unfilledtimeout": {"entry": 20, "exit": 15, "unit": "minutes"},
        "enable_protections": random.random() < 0.3,
    }
    if settings["max_open_trades"] == -1 and settings["stake_amount"] == "unlimited":
        settings["stake_amount"] = 150.0
    if random.random() < 0.6:
        offset = random.choice([0.0, 0.004, 0.015])
        positive = random.choice([None, 0.002, 0.01]) if offset else None
        settings |= {
            "trailing_stop": True,
            "trailing_stop_positive": positive,
            "trailing_stop_positive_offset": offset
            if positive is None or offset > positive
            else positive * 2,
            "trailing_only_offset_is_reached": positive is not None and random.random() < 0.5,
        }
    return settings


def draw(seed: int, strategy_class: type[Drawn]) -> dict[str, tuple[BacktestResult, list[Any]]]:
    """Run one drawn backtest on both engines; return results and what the callbacks saw, by engine."""
    random = Random(seed)
    suffix = ":USDT" if strategy_class.can_short else ""
    pairs = [f"{base}/USDT{suffix}" for base in ("AAA", "BBB", "CCC", "DDD")[: random.choice([1, 2, 4])]]
    store = FrameStore({pair: draw_candles(random) for pair in pairs})
    settings = draw_settings(random)
    if suffix:
        settings |= {"trading_mode": "futures", "margin_mode": "isolated", "candle_type_def": "futures"}
    density = random.choice([0.01, 0.05, 0.3])
    markets = {
        pair: PairMarket(
            pair=pair,
            price_tick=1e-8,
            amount_tick=random.choice([1e-5, 0.01, None]),
            cost_min=5.0,
            leverage_tiers=TIERS,
        )
        for pair in pairs
    }
    results = {}
    for engine in ("general", "fast"):
        strategy = configured(strategy_class, dict(settings))
        strategy.marks_seed, strategy.density, strategy.seen = seed, density, []  # type: ignore[attr-defined]
        strategy.protections = [{"method": "CooldownPeriod", "stop_duration_candles": 4}]
        result = run_backtest(strategy, store, pairs=pairs, markets=markets, engine=engine)
        results[engine] = (result, strategy.seen)  # type: ignore[attr-defined]
    return results
