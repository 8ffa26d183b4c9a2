"""Funding fees of perpetual futures: rate times mark price times amount, at each funding time held."""

from datetime import UTC, datetime, timedelta
from math import isnan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class FundingRates:
    """One pair's funding times and the fee per unit of base currency at each; times ascend."""

    def __init__(self, times_ns: NDArray[np.int64], fee_per_unit: NDArray[np.float64]) -> None:
        self._times_ns = times_ns
        self._fee_per_unit = fee_per_unit

    @classmethod
    def from_candles(
        cls, rates: pd.DataFrame, marks: pd.DataFrame, missing_rate: float | None = None
    ) -> "FundingRates":
        """Join the rates (`funding_rate` or `open`) with the mark prices (`open`) of the same `date`.

        Only times with both count. With `missing_rate` it is also the rate of the times before the
        first known one.
        """
        column = "funding_rate" if "funding_rate" in rates.columns else "open"
        known = rates.loc[:, ["date", column]].rename(columns={column: "rate"})
        prices = marks.loc[:, ["date", "open"]].rename(columns={"open": "mark"})
        if missing_rate is None:
            joined = prices.merge(known, on="date", how="inner")
        else:
            joined = prices.merge(known, on="date", how="left")
            before_first = joined["rate"].notna().cumsum() == 0
            joined.loc[before_first, "rate"] = missing_rate
            joined = joined.dropna()
        times = joined["date"].to_numpy(dtype="datetime64[ns]").astype(np.int64)
        return cls(times, (joined["rate"] * joined["mark"]).to_numpy(dtype=np.float64))

    def fees(self, amount: float, *, is_short: bool, opened: datetime, closed: datetime) -> float:
        """Return what a position of `amount` receives from `opened` to `closed`, both inclusive.

        Positive is received, negative paid: longs pay positive rates.
        """
        first = self._times_ns.searchsorted(_ns(opened), "left")
        last = self._times_ns.searchsorted(_ns(closed), "right")
        # A plain sum of floats, as numpy's own would add in another order.
        fees: float = sum((self._fee_per_unit[first:last] * amount).tolist())
        if isnan(fees):
            fees = 0.0
        return fees if is_short else -fees


def _ns(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND * 1000
