"""The columns of each type of candles, and candles as plain arrays between a file and a frame."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trading.backtesting.ports import TimeRange

OHLCV = ("open", "high", "low", "close", "volume")
_VALUES = {
    "funding_rate": ("funding_rate",),
    "open_interest": ("open_interest_amount", "open_interest_value"),
}


class RawCandles(NamedTuple):
    """Open times in ms UTC and one float array per column, all of one length, as stored."""

    dates_ms: NDArray[np.int64]
    values: dict[str, NDArray[np.float64]]

    def within(self, time_range: TimeRange) -> "RawCandles":
        """Return the candles that open in the range."""
        keep = np.ones(len(self.dates_ms), dtype=np.bool_)
        if time_range.start_s is not None:
            keep &= self.dates_ms >= time_range.start_s * 1000
        if time_range.stop_s is not None:
            keep &= self.dates_ms <= time_range.stop_s * 1000
        if keep.all():
            return self
        return RawCandles(self.dates_ms[keep], {name: column[keep] for name, column in self.values.items()})


def value_columns(candle_type: str) -> tuple[str, ...]:
    """Return the columns beside `date`: a funding rate is one number and no candle."""
    return _VALUES.get(candle_type, OHLCV)


def is_ohlcv(candle_type: str) -> bool:
    """Whether the type has prices, so that gaps in it can be filled."""
    return candle_type not in _VALUES


def empty_candles(candle_type: str) -> RawCandles:
    """Return candles of a type without a row."""
    none = np.empty(0, dtype=np.float64)
    return RawCandles(np.empty(0, dtype=np.int64), dict.fromkeys(value_columns(candle_type), none))


def to_frame(candles: RawCandles) -> pd.DataFrame:
    """Return the candles as users' code sees them; times in ms, which is what freqtrade gives it.

    A funding rate stands in `open` too, where strategies used to find it.
    """
    dates = pd.DatetimeIndex(candles.dates_ms.view("datetime64[ms]")).tz_localize("UTC")
    columns: dict[str, object] = {"date": dates, **candles.values}
    if "funding_rate" in candles.values:
        columns["open"] = candles.values["funding_rate"]
    return pd.DataFrame(columns)


def from_frame(frame: pd.DataFrame, candle_type: str) -> RawCandles:
    """Return a frame's candles; it has `date` (aware) and the columns of the type."""
    dates = frame["date"].dt.as_unit("ms").to_numpy(dtype="datetime64[ms]").astype(np.int64)
    names = value_columns(candle_type)
    return RawCandles(dates, {name: frame[name].to_numpy(dtype=np.float64) for name in names})
