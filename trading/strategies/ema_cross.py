"""Follow the short trend: hold while a fast average of the close is above a slow one."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd
from talib import abstract as ta

from trading.strategy_framework import IStrategy

TREND_TOLERANCE = 0.002


class EmaCross(IStrategy):
    """Buy while EMA 8 is above EMA 21 on one-minute candles, sell when it is below.

    The trend filter lets an entry through unless the close is more than 0.2 % under EMA 55: it
    refuses bounces in a fall, but asks for no fresh high. The state counts, not only the candle of
    the crossing, so that a start in the middle of a trend joins it.

    It loses in a market without direction, where each small wave crosses the averages and pays two
    fees for nothing, and in sharp reversals, where the averages turn after the price. It earns in
    moves of an hour and more.
    """

    timeframe = "1m"
    startup_candle_count = 60
    stoploss = -0.02
    minimal_roi: ClassVar[Mapping[str, float]] = {"0": 0.03, "60": 0.015}

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the three averages."""
        dataframe["ema_fast"] = ta.EMA(dataframe, timeperiod=8)
        dataframe["ema_slow"] = ta.EMA(dataframe, timeperiod=21)
        dataframe["ema_trend"] = ta.EMA(dataframe, timeperiod=55)
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter while fast is above slow, unless the close is well under the trend."""
        rising = dataframe["ema_fast"] > dataframe["ema_slow"]
        not_falling = dataframe["close"] > dataframe["ema_trend"] * (1 - TREND_TOLERANCE)
        dataframe.loc[rising & not_falling, ["enter_long", "enter_tag"]] = (1, "fast_above_slow")
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit while fast is below slow."""
        falling = dataframe["ema_fast"] < dataframe["ema_slow"]
        dataframe.loc[falling, ["exit_long", "exit_tag"]] = (1, "fast_below_slow")
        return dataframe


STRATEGY = EmaCross
