"""Longer candles from shorter ones, and back onto them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

__all__ = [
    "TICKER_INTERVAL_MINUTES",
    "compute_interval",
    "resample_to_interval",
    "resampled_merge",
    "ticker_history_to_dataframe",
]

TICKER_INTERVAL_MINUTES = {
    "1m": 1,
    "5m": 5,
    "15m": 15,
    "30m": 30,
    "1h": 60,
    "60m": 60,
    "2h": 120,
    "4h": 240,
    "6h": 360,
    "12h": 720,
    "1d": 1440,
    "1w": 10080,
}
_COLUMNS = ("date", "open", "high", "low", "close", "volume")
_JOINED = {"open": "first", "high": "max", "low": "min", "close": "last"}


def ticker_history_to_dataframe(ticker: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Return rows of [ms, open, high, low, close, volume] as candles, without the last, unfinished one."""
    rows = pd.DataFrame(list(ticker), columns=list(_COLUMNS))
    rows["date"] = pd.to_datetime(rows["date"], unit="ms", utc=True)
    candles: pd.DataFrame = rows.groupby("date", as_index=False).agg({**_JOINED, "volume": "max"})
    return candles.iloc[:-1]


def resample_to_interval(dataframe: pd.DataFrame, interval: int | str) -> pd.DataFrame:
    """Return candles of `interval` (minutes, or a text such as `1h`), dated by their open time.

    The last one may be unfinished: join it back with `resampled_merge` only.
    """
    minutes = TICKER_INTERVAL_MINUTES[interval] if isinstance(interval, str) else interval
    indexed = dataframe.set_index(pd.DatetimeIndex(dataframe["date"]))
    joined = indexed.resample(f"{minutes}min", label="left").agg({**_JOINED, "volume": "sum"})
    candles: pd.DataFrame = joined.dropna().reset_index()
    return candles


def resampled_merge(
    original: pd.DataFrame,
    resampled: pd.DataFrame,
    fill_na: bool = True,  # noqa: FBT001, FBT002  # the original's signature
) -> pd.DataFrame:
    """Return the candles with the columns `resample_{minutes}_{column}`, as they were known then.

    Raises:
        ValueError: the second frame is not of longer candles.
    """
    short, long = compute_interval(original), compute_interval(resampled)
    if short >= long:
        raise ValueError(
            "Tried to merge a faster timeframe to a slower timeframe. Upsampling is not possible."
        )
    known_from = resampled["date"] + pd.to_timedelta(long, "m") - pd.to_timedelta(short, "m")
    # As the original does, in place: strategies read these columns from the frame they gave.
    resampled["date_merge"] = known_from
    resampled.columns = pd.Index([f"resample_{long}_{column}" for column in resampled.columns])
    key = f"resample_{long}_date_merge"
    merged = original.merge(resampled, how="left", left_on="date", right_on=key).drop(columns=key)
    return merged.ffill() if fill_na else merged


def compute_interval(dataframe: pd.DataFrame, exchange_interval: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Return the distance of the candles in minutes, or as a text such as `1h`.

    Raises:
        ValueError: there is no text for it.
    """
    steps = dataframe["date"] - dataframe["date"].shift()
    minutes = int(steps.min().total_seconds() // 60)
    if not exchange_interval:
        return minutes
    for text, length in TICKER_INTERVAL_MINUTES.items():
        if length == minutes:
            return text
    raise ValueError(f"candles of {minutes} minutes have no name; known are {TICKER_INTERVAL_MINUTES}")
