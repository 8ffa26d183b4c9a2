"""A pair's price step, month by month, from the digits of its candles.

A backtest rounds prices as the market did at the time: the most decimals that any price of the month
has is the step. A price's decimals are counted after rounding to 14 significant digits, trailing
zeros left off, as freqtrade counts them; here on whole arrays instead of text.
"""

from datetime import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SIGNIFICANT_DIGITS = 14
_PRICES = ("open", "high", "low", "close")
_SAMPLE = 64
Floats = NDArray[np.float64]


class MonthlyTicks:
    """Price steps by month; a month without a fractional price has none of its own."""

    def __init__(self, months: NDArray[np.int64], ticks: Floats) -> None:
        """Take months as months since 1970, ascending, and a tick or NaN for each."""
        self.months = months
        self.ticks = ticks
        known = ~np.isnan(ticks)
        self._known = {int(m): float(t) for m, t in zip(months[known], ticks[known], strict=True)}
        self._ordered = sorted(self._known)

    def at(self, moment: datetime) -> float | None:
        """Return the step in force at `moment` (UTC): its month's, else the newest before, else None."""
        month = (moment.year - 1970) * 12 + moment.month - 1
        tick = self._known.get(month)
        if tick is not None:
            return tick
        earlier = [known for known in self._ordered if known < month]
        return self._known[earlier[-1]] if earlier else None

    def series(self) -> "pd.Series[float]":
        """Return the steps as a series with one row a month, months without candles as NaN."""
        starts = pd.DatetimeIndex(self.months.astype("datetime64[M]").astype("datetime64[ns]"), tz="UTC")
        return pd.Series(self.ticks, index=starts)


def tick_by_month(frame: pd.DataFrame) -> MonthlyTicks:
    """Return the price steps that the candles of `frame` show; dates are UTC and ascending.

    Give it all loaded candles, those before the tested range too.
    """
    if frame.empty:
        return MonthlyTicks(np.empty(0, dtype=np.int64), np.empty(0))
    dates = frame["date"].to_numpy(dtype="datetime64[ns]")
    first, last = (int(date.astype("datetime64[M]").astype(np.int64)) for date in (dates[0], dates[-1]))
    months = np.arange(first, last + 1, dtype=np.int64)
    borders = np.searchsorted(dates, np.append(months, last + 1).astype("datetime64[M]").astype(dates.dtype))
    columns = [frame[name].to_numpy(dtype=np.float64) for name in _PRICES]
    decimals = np.array(
        [
            most_decimals(np.concatenate([column[start:end] for column in columns]))
            for start, end in pairwise(borders)
        ]
    )
    # numpy's power, as freqtrade's: Python's own differs in the last digit from 1e-23 on.
    ticks = np.where(decimals > 0, 1 / 10 ** decimals.astype(np.float64), np.nan)
    return MonthlyTicks(months, ticks)


def most_decimals(prices: Floats) -> int:
    """Return the most decimals that any of `prices` has at 14 significant digits; 0 for none.

    One pass tells which prices surely have no more decimals than the most found so far; only the
    others, nearly always none, are looked at again.
    """
    rest = np.abs(prices[np.isfinite(prices)])
    most = 0
    while rest.size:
        most = max(most, *(decimals_of(float(price)) for price in rest[:_SAMPLE]))
        rest = rest[_SAMPLE:]
        rest = rest[_may_exceed(rest, most)]
        if rest.size > _SAMPLE:
            rest = np.unique(rest)
            rest = rest[_exceeds_or_ambiguous(rest, most)]
    return most


def decimals_of(price: float) -> int:
    """Count one price's decimals, exactly."""
    digits, _, exponent = f"{price:.{SIGNIFICANT_DIGITS - 1}e}".partition("e")
    return max(len(digits.replace(".", "").rstrip("0")) - 1 - int(exponent), 0)


def _may_exceed(prices: Floats, decimals: int) -> NDArray[np.bool_]:
    """Return False where a price surely has no more than `decimals`.

    Either it is so large that its 14 digits end before, or it is a multiple of `10**-decimals`. Surely:
    the distance to the multiple is below 4e-15 of the price, half of the 14th digit is at least 5e-15
    of it, and the float product errs by at most 1.2e-16 of it.
    """
    steps = prices * 10.0**decimals
    off = np.abs(steps - np.rint(steps))
    longest = 10.0 ** (SIGNIFICANT_DIGITS - 1 - decimals) * (1 + 1e-9)
    return (off > steps * 4e-15) & (prices < longest)


def _exceeds_or_ambiguous(prices: Floats, decimals: int) -> NDArray[np.bool_]:
    """Return False where the first 14 digits, read as an integer, show no more than `decimals`."""
    with np.errstate(divide="ignore"):
        exponent = np.floor(np.log10(prices))
    kept = SIGNIFICANT_DIGITS - 1 - exponent
    exact_power = kept <= 22
    digits = prices * 10.0 ** np.where(exact_power, kept, 0)
    whole = np.rint(digits)
    clear = np.abs(np.abs(digits - whole) - 0.5) > 0.02
    in_range = (whole >= 1e13) & (whole < 1e14)
    step = 10.0 ** np.clip(kept - decimals, 0, 15)
    multiple = np.mod(whole, step) == 0
    surely_not: NDArray[np.bool_] = exact_power & clear & in_range & multiple
    return ~surely_not
