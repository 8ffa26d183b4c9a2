"""Prices derived from candles, their ranges and their changes."""

from typing import Any

import numpy as np
import pandas as pd

from trading.strategy_framework.qtpylib.averages import numpy_rolling_std, rolling_mean, rolling_weighted_mean


def typical_price(bars: pd.DataFrame) -> pd.Series:
    """Return the mean of high, low and close."""
    return pd.Series((bars["high"] + bars["low"] + bars["close"]) / 3.0, index=bars.index)


def mid_price(bars: pd.DataFrame) -> pd.Series:
    """Return the mean of high and low."""
    return pd.Series((bars["high"] + bars["low"]) / 2.0, index=bars.index)


def ibs(bars: pd.DataFrame) -> pd.Series:
    """Return where in its range each candle closed, from 0 to 1, two decimals."""
    place = (bars["close"] - bars["low"]) / (bars["high"] - bars["low"])
    return pd.Series(np.round(place, 2), index=bars.index)


def true_range(bars: pd.DataFrame) -> pd.Series:
    """Return the range of each candle, the close before it counted in."""
    before = bars["close"].shift(1)
    ranges = [bars["high"] - bars["low"], (bars["high"] - before).abs(), (bars["low"] - before).abs()]
    return pd.concat(ranges, axis=1).max(axis=1)


def atr(bars: pd.DataFrame, window: int = 14, exp: bool = False) -> pd.Series:  # noqa: FBT001, FBT002
    """Return the average true range, plain or exponential."""
    average = rolling_weighted_mean if exp else rolling_mean
    return pd.Series(average(true_range(bars), window))


def heikinashi(bars: pd.DataFrame) -> pd.DataFrame:
    """Return smoothed candles: each opens in the middle of the one before."""
    close = (bars["open"] + bars["high"] + bars["low"] + bars["close"]) / 4
    opens = smoothed_opens(bars["open"], bars["close"], close)
    lines = pd.DataFrame({"open": opens, "close": close}, index=bars.index)
    return pd.DataFrame(
        {
            "open": lines["open"],
            "high": pd.concat([bars["high"], lines], axis=1).max(axis=1),
            "low": pd.concat([bars["low"], lines], axis=1).min(axis=1),
            "close": lines["close"],
        }
    )


def smoothed_opens(opened: pd.Series, closed: pd.Series, smooth_close: pd.Series) -> list[float]:
    """Return the opens of smoothed candles: the middle of the smoothed candle before."""
    if opened.empty:
        return []
    opens = [(float(opened.iloc[0]) + float(closed.iloc[0])) / 2]
    for close in smooth_close.tolist()[:-1]:
        opens.append((opens[-1] + close) / 2)
    return opens


def pvt(bars: pd.DataFrame) -> pd.Series:
    """Return the running sum of volume weighted by the change of the close."""
    before = bars["close"].shift(1)
    trend: pd.Series = (((bars["close"] - before) / before) * bars["volume"]).cumsum()
    return trend


def returns(series: pd.Series) -> pd.Series:
    """Return the change to the value before, as a fraction."""
    return _finite(series / series.shift(1) - 1)


def log_returns(series: pd.Series) -> pd.Series:
    """Return the logarithm of the change to the value before."""
    logarithms: Any = np.log(series / series.shift(1))
    return _finite(logarithms)


def implied_volatility(series: pd.Series, window: int = 252) -> pd.Series:
    """Return the deviation of logarithmic returns, scaled to the window."""
    deviation = numpy_rolling_std(log_returns(series), window)
    return pd.Series(deviation * np.sqrt(window), index=series.index)


def nans(length: int = 1) -> Any:
    """Return an array of NaN."""
    return np.full(length, np.nan)


def session(df: pd.DataFrame, start: str = "17:00", end: str = "16:00") -> pd.DataFrame:
    """Return the candles of the session under way; the index holds their times.

    A session that ends before it starts, on the clock, begins on the day before.
    """
    if df.empty:
        return df
    start_hour, start_minute = (int(part) for part in start.split(":"))
    end_hour, end_minute = (int(part) for part in end.split(":"))
    begins = start_hour + start_minute - 0.01 - 0.0001  # as qtpylib reckons it
    now = df.index[-1].hour + df.index[0].minute / 100
    day = df.index[-1]
    if now < begins and end_hour + end_minute / 100 <= begins:
        day -= pd.Timedelta(days=1)
    return df[df.index >= f"{day:%Y-%m-%d} {start}"].copy()


def _finite(series: pd.Series) -> pd.Series:
    return series.replace([np.inf, -np.inf], float("nan"))
