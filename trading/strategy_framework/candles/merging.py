"""Joining a longer timeframe to a shorter one without seeing its candles before they close."""

from typing import Any

import pandas as pd

from trading.strategy_framework.candles.times import timeframe_to_minutes

_KEY = "date_merge"


def merge_informative_pair(  # noqa: PLR0913, PLR0917  # freqtrade's signature
    dataframe: pd.DataFrame,
    informative: pd.DataFrame,
    timeframe: str,
    timeframe_inf: str,
    ffill: bool = True,  # noqa: FBT001, FBT002  # freqtrade's signature
    append_timeframe: bool = True,  # noqa: FBT001, FBT002
    date_column: str = "date",
    suffix: str | None = None,
) -> pd.DataFrame:
    """Return `dataframe` with the columns of `informative`, each row as it was known at its close.

    A candle of `timeframe_inf` appears first in the row that closes together with it, and stays in
    the rows after it (`ffill`) until the next one. Its columns end in the timeframe, or in `suffix`.

    Raises:
        ValueError: `timeframe_inf` is shorter than `timeframe`; both endings are asked for.
    """
    if suffix and append_timeframe:
        raise ValueError("You can not specify `append_timeframe` as True and a `suffix`.")
    known_from = _known_from(informative[date_column], timeframe, timeframe_inf)
    other = informative.assign(**{_KEY: known_from})
    key = _KEY
    if ending := timeframe_inf if append_timeframe else suffix:
        other = other.rename(columns=lambda column: f"{column}_{ending}")
        key = f"{_KEY}_{ending}"
    if ffill:
        merged = pd.merge_ordered(
            dataframe, other, fill_method="ffill", left_on="date", right_on=key, how="left"
        )
        _fill_head(merged, other, key)
    else:
        merged = dataframe.merge(other, left_on="date", right_on=key, how="left")
    return merged.drop(columns=key)


def _known_from(opened: pd.Series, timeframe: str, timeframe_inf: str) -> pd.Series:
    """Return the open time of the short candle that closes together with each long one."""
    minutes, minutes_inf = timeframe_to_minutes(timeframe), timeframe_to_minutes(timeframe_inf)
    if minutes > minutes_inf:
        raise ValueError(
            f"Tried to merge a faster timeframe to a slower timeframe: {timeframe_inf} into {timeframe} "
            "would create new rows, and can throw off your regular indicators."
        )
    if minutes == minutes_inf or opened.empty:
        return opened
    own = pd.to_timedelta(minutes, "m")
    if timeframe_inf == "1M":
        return (opened + pd.offsets.MonthBegin(1)) - own
    return opened + pd.to_timedelta(minutes_inf, "m") - own


def _fill_head(merged: pd.DataFrame, other: pd.DataFrame, key: str) -> None:
    """Fill the rows before the first match with the last candle that was known before them."""
    first: Any = merged[key].first_valid_index()
    if not first:
        return
    earlier = other[other[key] < merged.at[first, key]]
    if not earlier.empty:
        merged.loc[: first - 1] = merged.loc[: first - 1].fillna(earlier.iloc[-1])
