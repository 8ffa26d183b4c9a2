"""Join short candles into longer ones."""

import pandas as pd

from trading.backtesting.errors import BadCandles
from trading.strategy_framework.candles.times import timeframe_to_seconds

_JOIN = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}


def join_candles(candles: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """Join candles into longer ones; incomplete ones at the end are left out.

    Raises:
        BadCandles: the candles are longer than the timeframe, or do not divide it.
    """
    if len(candles) < 2:
        return candles
    own_s = int(candles["date"].diff().min().total_seconds())
    wanted_s = timeframe_to_seconds(timeframe)
    if own_s == wanted_s:
        return candles
    if own_s <= 0 or own_s > wanted_s or wanted_s % own_s:
        raise BadCandles(f"candles of {own_s} s can't be joined into {timeframe}")
    joined = candles.set_index("date").resample(f"{wanted_s}s", origin="epoch").agg(_JOIN)
    joined = joined.dropna(subset=["open"]).reset_index()
    end = candles["date"].iloc[-1] + pd.Timedelta(seconds=own_s)
    is_closed = joined["date"] + pd.Timedelta(seconds=wanted_s) <= end
    closed: pd.DataFrame = joined[is_closed].reset_index(drop=True)
    return closed


def timeframe_of(candles: pd.DataFrame) -> str | None:
    """Return the timeframe that candles most often keep: `5m`; None with less than two of them."""
    if len(candles) < 2:
        return None
    seconds = int(candles["date"].diff().dropna().mode().iloc[0].total_seconds())
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
