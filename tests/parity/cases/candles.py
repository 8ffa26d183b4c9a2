"""Random candles: walks with gaps, wicks, flat stretches, holes and many tick sizes.

Only ``random.Random`` is drawn from, whose numbers are the same in every Python version, so that
stored answers stay valid.
"""

from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pandas as pd

MINUTES = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1440, "3d": 4320}


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """The nature of one pair's prices; shares are of one."""

    price: float
    decimals: int
    step: float
    """Standard deviation of one candle's close against its open."""
    wick: float
    jump_share: float
    flat_share: float
    hole_share: float


def random_walk(draw: Random, *, holes: bool, wildness: float = 1.0) -> Walk:
    """Draw the nature of a pair: from quiet to wild, from satoshis to bitcoins."""
    price, decimals = draw.choice(
        [(0.00001234, 8), (0.0834, 5), (0.53, 4), (2.71, 3), (37.5, 2), (180.0, 3), (1834.0, 2), (60250.0, 1)]
    )
    if draw.random() < 0.15:
        decimals += 1
    if draw.random() < 0.1 and price > 1000:
        decimals = 0
    return Walk(
        price=price * draw.uniform(0.7, 1.4),
        decimals=decimals,
        step=wildness * draw.choice([0.001, 0.003, 0.006, 0.012]),
        wick=draw.choice([0.0, 0.3, 0.8, 1.5]),
        jump_share=draw.choice([0.0, 0.02, 0.2]),
        flat_share=draw.choice([0.0, 0.02, 0.1]),
        hole_share=draw.choice([0.01, 0.05, 0.15]) if holes else 0.0,
    )


def random_candles(draw: Random, walk: Walk, *, start: datetime, count: int, minutes: int) -> pd.DataFrame:
    """Return candles with freqtrade's columns; ``date`` is the open time in UTC."""
    rows: list[tuple[datetime, float, float, float, float, float]] = []
    close = walk.price
    tick = 10.0**-walk.decimals
    for number in range(count):
        opened = close
        if draw.random() < walk.jump_share:
            opened = max(tick, close * (1 + draw.gauss(0, 2 * walk.step)))
        if draw.random() < walk.flat_share:
            high = low = close = opened
        else:
            close = max(tick, opened * (1 + draw.gauss(0, walk.step)))
            high = max(opened, close) * (1 + abs(draw.gauss(0, walk.step)) * walk.wick)
            low = max(tick, min(opened, close) * (1 - abs(draw.gauss(0, walk.step)) * walk.wick))
        close = max(tick, round(close, walk.decimals))
        opened, high, low = (
            max(tick, round(opened, walk.decimals)),
            max(tick, round(high, walk.decimals)),
            max(tick, round(low, walk.decimals)),
        )
        volume = 0.0 if high == low and draw.random() < 0.5 else round(draw.uniform(1, 1000), 3)
        if number in (0, count - 1) or draw.random() >= walk.hole_share:
            rows.append((start + timedelta(minutes=minutes * number), opened, high, low, close, volume))
    return as_frame(rows)


def as_frame(rows: list[tuple[datetime, float, float, float, float, float]]) -> pd.DataFrame:
    """Return rows of date, open, high, low, close, volume as freqtrade keeps them in its files."""
    frame = pd.DataFrame(rows, columns=["date", "open", "high", "low", "close", "volume"])
    frame["date"] = pd.to_datetime(frame["date"], utc=True).astype("datetime64[ms, UTC]")
    return frame


def coarser(fine: pd.DataFrame, minutes: int) -> pd.DataFrame:
    """Return the candles of a longer time frame that the fine ones add up to."""
    grouped = fine.resample(f"{minutes}min", on="date").agg(
        {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    )
    return grouped.dropna().reset_index()


def funding_rates(draw: Random, *, start: datetime, hours: int, every_hours: int) -> pd.DataFrame:
    """Return funding rates as freqtrade stores them: the rate stands in ``open``."""
    rows = [
        (start + timedelta(hours=hour), round(draw.gauss(0.0001, 0.0003), 8), 0.0, 0.0, 0.0, 0.0)
        for hour in range(0, hours, every_hours)
    ]
    return as_frame(rows)


def random_start(draw: Random) -> datetime:
    """Return a midnight, often just before a month ends (ticks are derived by month)."""
    month = draw.choice([datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)])
    return month + timedelta(days=draw.choice([0, 3, 14, 25, 27, 28, 29]))
