"""Buy weakness and sell the bounce: hold while the relative strength index recovers from a low."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import IStrategy

WEAK, RECOVERED = 40, 60


class RsiReversion(IStrategy):
    """Buy while RSI 14 is under 40 on one-minute candles, sell when it is above 60.

    It is the counterpart of `ema_cross`: it enters where that one leaves, and shows by its side
    which kind of market this is. The state counts, not only the candle of the crossing.

    It loses in a fall that goes on: it buys early, the stop sells at the low, and it buys again. In
    quiet markets the bounce is smaller than two fees. It earns in wide sideways waves. It is an
    example, not a strategy to live on.
    """

    INTERFACE_VERSION = 3
    timeframe = "1m"
    startup_candle_count = 60
    stoploss = -0.02
    minimal_roi: ClassVar[Mapping[str, float]] = {"0": 0.02, "120": 0.005}

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the index."""
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter while the market is weak."""
        dataframe.loc[dataframe["rsi"] < WEAK, "enter_long"] = 1
        dataframe.loc[dataframe["rsi"] < WEAK, "enter_tag"] = "rsi_weak"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit when it has recovered."""
        dataframe.loc[dataframe["rsi"] > RECOVERED, "exit_long"] = 1
        dataframe.loc[dataframe["rsi"] > RECOVERED, "exit_tag"] = "rsi_recovered"
        return dataframe
