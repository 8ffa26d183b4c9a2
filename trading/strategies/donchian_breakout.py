"""Buy what leaves its range upwards, as the turtles did: few trades, small losses, some long rises."""

from typing import Any

import pandas as pd
from freqtrade.strategy import IStrategy

ENTRY_CANDLES, EXIT_CANDLES = 48, 24


class DonchianBreakout(IStrategy):
    """Buy a close above the high of the last 48 candles, sell one below the low of the last 24.

    On five-minute candles, so ranges of four and two hours. Both leave the present candle out: a
    close can't be above a high that contains it. There is no profit target, as the few long rises
    must pay for the many breakouts that fail.

    It loses in markets that go sideways, where most breakouts come back at once; expect to lose
    about two trades of three, and long rows of losses.
    """

    INTERFACE_VERSION = 3
    timeframe = "5m"
    startup_candle_count = ENTRY_CANDLES + 1
    stoploss = -0.04

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the ranges, without the candle that may break them."""
        dataframe["range_high"] = dataframe["high"].rolling(ENTRY_CANDLES).max().shift(1)
        dataframe["range_low"] = dataframe["low"].rolling(EXIT_CANDLES).min().shift(1)
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter above the range."""
        is_above = dataframe["close"] > dataframe["range_high"]
        dataframe.loc[is_above, "enter_long"] = 1
        dataframe.loc[is_above, "enter_tag"] = "above_range"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit below the range."""
        is_below = dataframe["close"] < dataframe["range_low"]
        dataframe.loc[is_below, "exit_long"] = 1
        dataframe.loc[is_below, "exit_tag"] = "below_range"
        return dataframe
