"""Forecasts as columns of a candle frame, as they were known when each candle closed.

Live host and backtest join them with this one function, so that neither sees a forecast before
its time: a forecast counts for a candle when it rests only on bars that had closed by then.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import pandas as pd

from market.clock import NS_PER_S
from trading.strategy_framework.candles.frames import close_times

RETURN = "forecast_return"
PROBABILITY_UP = "forecast_probability_up"


class KnownForecast(msgspec.Struct, frozen=True, kw_only=True):
    """One forecast of one symbol: its return until `horizon_s` after the last bar it rests on.

    `bar_close_ns` is that bar's close time. `predicted_return` is a fraction.
    """

    bar_close_ns: int
    horizon_s: int
    predicted_return: float
    probability_up: float

    @property
    def ends_ns(self) -> int:
        """The time until which the forecast speaks, exclusive."""
        return self.bar_close_ns + self.horizon_s * NS_PER_S


def join_forecasts(candles: pd.DataFrame, timeframe: str, forecasts: Sequence[KnownForecast]) -> pd.DataFrame:
    """Return the candles with `forecast_return` and `forecast_probability_up`, NaN where none holds."""
    closes = close_times(candles, timeframe).astype("datetime64[ns, UTC]").astype("int64").to_numpy()
    ordered = sorted(forecasts, key=lambda forecast: forecast.bar_close_ns)
    known_at = np.array([forecast.bar_close_ns for forecast in ordered], dtype=np.int64)
    newest = np.searchsorted(known_at, closes, side="right") - 1
    returns, probabilities = np.full(len(candles), np.nan), np.full(len(candles), np.nan)
    for row, index in enumerate(newest):
        if index >= 0 and closes[row] < ordered[index].ends_ns:
            returns[row] = ordered[index].predicted_return
            probabilities[row] = ordered[index].probability_up
    return candles.assign(**{RETURN: returns, PROBABILITY_UP: probabilities})
