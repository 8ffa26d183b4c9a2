"""Follow the turn of momentum: buy when MACD crosses its signal line upwards in a rising market."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from technical import qtpylib


class MacdTrend(IStrategy):
    """Buy when MACD (12, 26, 9) crosses above its signal line, sell when it crosses below.

    On five-minute candles, and only where the close is above EMA 50: a crossing under the average is
    mostly a pause of a fall. The crossing counts, not the state, so that a trend is joined at its
    beginning or not at all.

    It loses where there is no trend: the lines braid, and each crossing costs two fees. It also gives
    back the end of every rise, because the crossing comes some candles after the top.
    """

    INTERFACE_VERSION = 3
    timeframe = "5m"
    startup_candle_count = 100
    stoploss = -0.04
    minimal_roi: ClassVar[Mapping[str, float]] = {"0": 0.05, "240": 0.02, "720": 0.005}

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the two lines and the trend's average."""
        lines = ta.MACD(dataframe, fastperiod=12, slowperiod=26, signalperiod=9)
        dataframe["macd"] = lines["macd"]
        dataframe["macd_signal"] = lines["macdsignal"]
        dataframe["ema_trend"] = ta.EMA(dataframe, timeperiod=50)
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter on the upward crossing above the trend."""
        turns_up = qtpylib.crossed_above(dataframe["macd"], dataframe["macd_signal"])
        is_rising = dataframe["close"] > dataframe["ema_trend"]
        dataframe.loc[turns_up & is_rising, "enter_long"] = 1
        dataframe.loc[turns_up & is_rising, "enter_tag"] = "macd_up"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit on the downward crossing."""
        turns_down = qtpylib.crossed_below(dataframe["macd"], dataframe["macd_signal"])
        dataframe.loc[turns_down, "exit_long"] = 1
        dataframe.loc[turns_down, "exit_tag"] = "macd_down"
        return dataframe
