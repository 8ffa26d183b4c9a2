"""Draw a case: ``generate(kind, seed)`` is the same case on every machine."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pandas as pd

from tests.parity.cases.candles import (
    MINUTES,
    Walk,
    coarser,
    funding_rates,
    random_candles,
    random_start,
    random_walk,
)
from tests.parity.cases.case import CandleKey, Case
from tests.parity.cases.draft import Draft
from tests.parity.cases.features import FEATURES
from tests.parity.cases.source import COARSE, strategy_source

COMBINATIONS: dict[str, tuple[str, ...]] = {
    "shorts_trailing": ("flips", "trailing", "roi"),
    "shorts_leverage": ("leverage", "roi", "custom_stoploss"),
    "shorts_adjusted": ("leverage", "adjust_position", "order_filled"),
    "shorts_limit": ("futures", "timeouts", "confirm"),
    "detail_prices": ("detail", "timeouts", "roi"),
    "detail_adjusted": ("detail", "adjust_position", "trailing"),
    "detail_slots": ("slots", "detail", "stop", "flips"),
    "slots_limit": ("slots", "entry_price", "custom_stake", "roi"),
    "slots_adjusted": ("slots", "adjust_position", "exit_price", "custom_exit"),
}
KINDS = (*FEATURES, *COMBINATIONS, "mixed")


def generate(kind: str, seed: int) -> Case:
    """Return the case of a kind and seed.

    Raises:
        ValueError: There is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of case is called {kind!r}; there are: {', '.join(KINDS)}")
    draw = Random(f"{kind}:{seed}")
    draft = Draft(draw=draw, timeframe=draw.choice(["5m", "5m", "5m", "15m", "1h", "4h", "1d"]))
    for feature in _features(kind, draw):
        FEATURES[feature](draft)
    if draft.lost_pair:
        draft.pair_count += 1
    name = f"Case{kind.title().replace('_', '')}{seed}"
    pairs = [f"{base}/USDT{':USDT' if draft.futures else ''}" for base in "ABCDE"[: draft.pair_count]]
    start = random_start(draw)
    walks = {pair: random_walk(draw, holes=draft.holes, wildness=draft.wildness) for pair in pairs}
    if draft.raw_prices:
        digits = [draw.choice([10, 13, 17]) for _ in walks]
        walks = {
            pair: msgspec.structs.replace(walk, decimals=places)
            for (pair, walk), places in zip(walks.items(), digits, strict=True)
        }
    markets = [_market(draft, pair, walks[pair]) for pair in pairs]
    candles = _all_candles(draft, walks, start)
    return Case(
        kind=kind,
        seed=seed,
        strategy=name,
        source=strategy_source(draft, name, f"Seeded case {kind}:{seed}.", pairs[0]),
        beside=draft.beside,
        config=_config(draft, pairs),
        timerange=_timerange(draft, start),
        markets=markets,
        tiers={pair: _tiers(draw) for pair in pairs} if draft.futures else {},
        candles=candles,
    )


def _features(kind: str, draw: Random) -> list[str]:
    if kind == "mixed":
        chosen = draw.sample(list(FEATURES), draw.randrange(3, 9))
        if "legacy" in chosen:  # The old names know no shorts.
            modern = {"parameters", "futures", "leverage", "flips", "liquidation", "cross_margin"}
            chosen = [name for name in chosen if name not in modern]
        return chosen
    return list(COMBINATIONS.get(kind, (kind,)))


def _config(draft: Draft, pairs: list[str]) -> dict[str, Any]:
    draw = draft.draw
    config: dict[str, Any] = {
        "stake_currency": "USDT",
        "stake_amount": draw.choice(["unlimited", 100, 95.5, 65]),
        "dry_run": True,
        # Cross margin would ask the venue what the other coins are worth.
        "dry_run_wallet": draw.choice(
            [1000, 1000, 523.17, 812.5 if draft.futures else {"USDT": 812.5, "BTC": 0.3}]
        ),
        "max_open_trades": draw.choice([1, 3]),
        "trading_mode": "futures" if draft.futures else "spot",
        "margin_mode": "isolated" if draft.futures else "",
        "exchange": {"name": "binance", "key": "", "secret": "", "pair_whitelist": pairs},
        "pairlists": [{"method": "StaticPairList"}],
        "entry_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
        "exit_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
        "dataformat_ohlcv": "feather",
    }
    if draw.random() < 0.7:
        config["fee"] = draw.choice([0.001, 0.0005, 0.00075, 0.0, 0.0026])
    if draft.detail:
        config["timeframe_detail"] = draft.detail
    return _affordable(config | draft.config)


def _affordable(config: dict[str, Any]) -> dict[str, Any]:
    """Keep the stake within the wallet: freqtrade's command and ours refuse a larger one."""
    stake, wallet = config["stake_amount"], config["dry_run_wallet"]
    balance = wallet["USDT"] if isinstance(wallet, dict) else wallet
    spendable = balance * config.get("tradable_balance_ratio", 0.99)
    return config | {"stake_amount": stake if isinstance(stake, str) else min(stake, spendable)}


def _market(draft: Draft, pair: str, walk: Walk) -> dict[str, Any]:
    draw = draft.draw
    amount_tick = (
        draw.choice([1e-8, 1e-5, 1e-4, 1e-3]) if walk.price > 100 else draw.choice([1e-8, 0.01, 0.1, 1.0])
    )
    return {
        "pair": pair,
        "price_tick": 10.0 ** -min(walk.decimals, 8),
        "amount_tick": amount_tick,
        "amount_min": draw.choice([amount_tick, None]),
        "amount_max": draw.choice([None, 1000 / walk.price * 5]),
        "cost_min": draw.choice([5.0, 10.0, None, 80.0]),
        "cost_max": draw.choice([None, 5000.0]),
        "taker": draw.choice([0.001, 0.0004]),
        "maker": draw.choice([0.001, 0.0002]),
        "contract_size": draw.choice([1.0, 1.0, 0.01]) if draft.futures else None,
    }


def _tiers(draw: Random) -> list[dict[str, float]]:
    base = draw.choice([0.004, 0.01, 0.025])
    return [
        {"min_notional": 0.0, "max_notional": 400.0, "maintenance_rate": base,
         "max_leverage": 50.0, "maintenance_amount": 0.0},
        {"min_notional": 400.0, "max_notional": 2000.0, "maintenance_rate": base * 1.5,
         "max_leverage": 20.0, "maintenance_amount": 400 * base * 0.5},
        {"min_notional": 2000.0, "max_notional": 500000.0, "maintenance_rate": base * 2,
         "max_leverage": 5.0, "maintenance_amount": 400 * base * 0.5 + 2000 * base * 0.5},
    ]  # fmt: skip


def _all_candles(draft: Draft, walks: dict[str, Walk], start: datetime) -> dict[CandleKey, pd.DataFrame]:
    kind = "futures" if draft.futures else "spot"
    frames: dict[CandleKey, pd.DataFrame] = {}
    for number, (pair, walk) in enumerate(walks.items()):
        late = draft.late_start and number > 0
        if draft.lost_pair and number == len(walks) - 1:
            break
        frames |= _pair_candles(draft, pair, walk, start, kind, late=late)
        if draft.futures:
            hours = draft.candle_count * MINUTES[draft.timeframe] // 60 + 2
            every = draft.draw.choice([1, 4, 8])
            rates = funding_rates(draft.draw, start=start, hours=hours, every_hours=every)
            if draft.funding_late:
                rates = rates[len(rates) // 3 :].reset_index(drop=True)
            frames[pair, "1h", "funding_rate"] = rates
            frames[pair, "1h", "mark"] = random_candles(
                draft.draw, walk, start=start, count=hours, minutes=60
            )
    return frames


def _pair_candles(
    draft: Draft, pair: str, walk: Walk, start: datetime, kind: str, *, late: bool
) -> dict[CandleKey, pd.DataFrame]:
    minutes = MINUTES[draft.timeframe]
    skipped = draft.draw.randrange(1, draft.candle_count // 3) if late else 0
    begin = start + timedelta(minutes=minutes * skipped)
    count = draft.candle_count - skipped
    if draft.early_end and draft.draw.random() < 0.5:
        count -= draft.candle_count // 3
    if draft.detail:
        fine_minutes = MINUTES[draft.detail]
        fine = random_candles(
            draft.draw, walk, start=begin, count=count * minutes // fine_minutes, minutes=fine_minutes
        )
        frames = {(pair, draft.detail, kind): fine, (pair, draft.timeframe, kind): coarser(fine, minutes)}
    else:
        candles = random_candles(draft.draw, walk, start=begin, count=count, minutes=minutes)
        frames = {(pair, draft.timeframe, kind): candles}
    coarse = COARSE[draft.timeframe]
    if draft.informative:
        frames[pair, coarse, kind] = coarser(frames[pair, draft.timeframe, kind], MINUTES[coarse])
    return frames


def _timerange(draft: Draft, start: datetime) -> str | None:
    if not draft.timerange:
        return None
    minutes = MINUTES[draft.timeframe]
    first = start + timedelta(minutes=minutes * draft.draw.choice([0, 30, 80]))
    last = start + timedelta(minutes=minutes * (draft.candle_count - draft.draw.choice([0, 40])))
    return f"{int(first.timestamp())}-{int(last.timestamp())}"
