"""Candles for other people's strategies, in freqtrade's layout: real ones, and generated ones."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pandas as pd

from tests.parity.cases.candles import Walk, coarser, funding_rates, random_candles

REAL = ("BTC", "ETH")
GENERATED = ("BTC", "ETH", "BNB", "SOL", "XRP", "ADA")
PRICES = {"BTC": (61250.0, 2), "ETH": (2840.0, 2), "BNB": (540.0, 1), "SOL": (141.0, 2)}
RESAMPLED = {"3m": ("1m", 3), "15m": ("5m", 15), "30m": ("5m", 30), "1h": ("5m", 60), "2h": ("5m", 120),
             "4h": ("5m", 240), "6h": ("5m", 360), "8h": ("5m", 480), "12h": ("5m", 720)}  # fmt: skip
BEGIN = {"real": datetime(2025, 2, 1, tzinfo=UTC), "generated": datetime(2025, 2, 1, tzinfo=UTC)}
MINUTE_BEGIN = datetime(2025, 6, 1, tzinfo=UTC)
END = datetime(2025, 7, 1, tzinfo=UTC)
COLUMNS = ["date", "open", "high", "low", "close", "volume"]


def prepare(kind: str, folder: Path, recorded: Path) -> None:
    """Write the data of a kind (``real`` or ``generated``) under ``folder`` unless it is there.

    Args:
        kind: Which data.
        folder: Becomes a freqtrade data folder with spot and futures candles.
        recorded: The folder of recorded candles (``<pair>-<timeframe>.dev.parquet``).
    """
    stamp = folder / ".complete"
    if stamp.exists():
        return
    (folder / "futures").mkdir(parents=True, exist_ok=True)
    for base in bases(kind):
        draw = Random(base)
        frames = _recorded(recorded, base) if kind == "real" else _generated(draw, base)
        for timeframe, frame in frames.items():
            _write(folder, base, timeframe, frame)
        hours = int((END - BEGIN[kind]).total_seconds() // 3600)
        rates = funding_rates(draw, start=BEGIN[kind], hours=hours, every_hours=8)
        rates.to_feather(folder / "futures" / f"{base}_USDT_USDT-1h-funding_rate.feather")
    stamp.touch()


def bases(kind: str) -> tuple[str, ...]:
    """Return the base currencies of a kind of data."""
    return REAL if kind == "real" else GENERATED


def _write(folder: Path, base: str, timeframe: str, frame: pd.DataFrame) -> None:
    frame.to_feather(folder / f"{base}_USDT-{timeframe}.feather")
    frame.to_feather(folder / "futures" / f"{base}_USDT_USDT-{timeframe}-futures.feather")
    if timeframe == "1h":
        frame.to_feather(folder / "futures" / f"{base}_USDT_USDT-1h-mark.feather")


def _recorded(recorded: Path, base: str) -> dict[str, pd.DataFrame]:
    frames = {}
    for timeframe, begin in (("1m", MINUTE_BEGIN), ("5m", BEGIN["real"]), ("1d", None)):
        frame = pd.read_parquet(recorded / f"{base}_USDT-{timeframe}.dev.parquet")
        frame["date"] = pd.to_datetime(frame["ts"], unit="ms", utc=True).astype("datetime64[ms, UTC]")
        if begin:
            frame = frame[frame["date"] >= begin]
        frames[timeframe] = frame[COLUMNS].reset_index(drop=True)
    return _with_coarser(frames)


def _generated(draw: Random, base: str) -> dict[str, pd.DataFrame]:
    price, decimals = PRICES.get(base, (0.6321, 4))
    walk = Walk(
        price=price,
        decimals=decimals,
        step=0.0025,
        wick=0.8,
        jump_share=0.02,
        flat_share=0.0,
        hole_share=0.002,
    )
    begin = BEGIN["generated"]
    minutes = int((END - begin).total_seconds() // 60)
    fine = walk.__class__(
        **{field: getattr(walk, field) for field in walk.__struct_fields__} | {"step": 0.0012}
    )
    frames = {
        "5m": random_candles(draw, walk, start=begin, count=minutes // 5, minutes=5),
        "1m": random_candles(draw, fine, start=MINUTE_BEGIN, count=30 * 24 * 60, minutes=1),
    }
    frames["1d"] = coarser(frames["5m"], 1440)
    return _with_coarser(frames)


def _with_coarser(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    for timeframe, (source, minutes) in RESAMPLED.items():
        frames[timeframe] = coarser(frames[source], minutes)
    return frames
