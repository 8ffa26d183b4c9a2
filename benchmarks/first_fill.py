"""How often the shipped strategies enter within three minutes of a first start on simulated venues.

`python -m benchmarks.first_fill` makes the candles that `make run` would have at many start times (the
generator's prices are a function of seed and time alone), with the live settings: symbols, first
venue, history at the first start. A start counts if any strategy enters any symbol after a candle
that closes while there is time. Nobody is given a forecast or another venue's closes.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from market.clock import NS_PER_S
from market.timeframes import timeframe_ns
from runtime.settings import CoreSettings
from simulator.dialects._interface import Gateway, GeneratedGateway
from simulator.dialects.catalog import generated_gateways
from simulator.market_model.market import Market
from simulator.settings import SimulatorSettings
from streaming.settings import CollectorSettings
from trading.strategies import strategies
from trading.strategy_framework import IStrategy
from trading.strategy_framework.analysis import analyze
from trading.strategy_framework.candles.forecasts import join_forecasts

MINUTE_NS = 60 * NS_PER_S
FIRST_START_NS = 1_767_225_600 * NS_PER_S
"""2026-01-01 00:00 UTC."""
READY_S = 45
"""Seconds from the first healthy process to a host that judges; measured: 10 to 20."""
LIMIT_S = 175
"""An entry after this is too late: the fill needs some seconds."""
STEP_MINUTES = 137
"""Between starts of one day, so that they fall on all phases of the coarse candles."""


def candles(market: Market, end_minute: int, minutes: int, length: int) -> pd.DataFrame:
    """Return whole candles of `length` minutes up to `end_minute` as strategies see them."""
    first = -(-(end_minute - minutes) // length) * length
    end = end_minute // length * length
    bars = market.candles.bars(length, first, end, (end_minute + 1) * MINUTE_NS)
    scale = 10.0**-market.listing.price_decimals
    columns = {name: getattr(bars, name) * scale for name in ("open", "high", "low", "close")}
    dates = pd.to_datetime(bars.open_minute * MINUTE_NS, utc=True)
    return pd.DataFrame({"date": dates, **columns, "volume": bars.volume.astype("float64")})


def judged_minutes(start_ns: int, length: int) -> list[int]:
    """Return the closes, in minutes, of the candles that a host judges in time after a start."""
    ready = (start_ns + READY_S * NS_PER_S) // MINUTE_NS
    last = (start_ns + LIMIT_S * NS_PER_S) // MINUTE_NS
    newest = ready // length * length
    return [newest, *range(newest + length, last + 1, length)]


def entries(ours: Mapping[str, IStrategy], market: Market, start_ns: int, history: int) -> list[str]:
    """Return the strategies that enter the market in time."""
    found = []
    for name, strategy in ours.items():
        length = timeframe_ns(strategy.timeframe) // MINUTE_NS
        closes = judged_minutes(start_ns, length)
        minutes = history + closes[-1] - start_ns // MINUTE_NS
        frame = candles(market, closes[-1], minutes, length)
        if strategy.uses_forecasts:
            frame = join_forecasts(frame, strategy.timeframe, ())
        signals = analyze(strategy, frame, {"pair": market.listing.symbol}).iloc[-len(closes) :]
        if ((signals["enter_long"] == 1) & (signals["exit_long"] != 1)).any():
            found.append(name)
    return found


def _markets(gateways: Sequence[Gateway], venue: str) -> list[Market]:
    gateway = next(one for one in gateways if one.venue == venue)
    assert isinstance(gateway, GeneratedGateway), "generated_gateways generates"
    return list(gateway.markets.values())


def main() -> None:
    """Try the starts and print who entered how often."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=25, help="days that the starts are spread over")
    parser.add_argument("--starts", type=int, default=10, help="starts in each day")
    asked = parser.parse_args()
    core, simulator = CoreSettings(), SimulatorSettings()
    history = CollectorSettings().backfill_bars
    ours = {name: kind({}) for name, kind in strategies().items()}
    by_strategy: Counter[str] = Counter()
    entered = without_grid = tried = 0
    for day in range(asked.days):
        # A week apart, so that the days fall on different phases of the slow waves.
        first_ns = FIRST_START_NS + day * 7 * 1440 * MINUTE_NS
        gateways = generated_gateways(
            core.symbols, seed=simulator.seed, updates_per_s=simulator.updates_per_s, now_ns=first_ns
        )
        markets = _markets(gateways, core.venues[0])
        for number in range(asked.starts):
            start_ns = first_ns + (number * STEP_MINUTES * 60 + number * 7) * NS_PER_S
            found = {name for market in markets for name in entries(ours, market, start_ns, history)}
            by_strategy.update(found)
            tried += 1
            entered += bool(found)
            without_grid += bool(found - {"grid"})
    print(f"{tried} starts, {len(core.symbols)} symbols, {history} minutes of history")
    print(f"{'any strategy':20} {entered / tried:7.1%}")
    print(f"{'any but the grid':20} {without_grid / tried:7.1%}")
    for name in ours:
        print(f"{name:20} {by_strategy[name] / tried:7.1%}")


if __name__ == "__main__":
    main()
