"""Follow the short trend: hold while a fast average of the close is above a slow one."""

from typing import Any

import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import IStrategy

TREND_TOLERANCE = 0.002
EXIT_MARGIN = 0.002


class EmaCross(IStrategy):
    """Buy while EMA 12 is above EMA 48 on one-minute candles, sell when it is 0.2 % below.

    The trend filter lets an entry through unless the close is more than 0.2 % under EMA 96: it
    refuses bounces in a fall, but asks for no fresh high. The state counts, not only the candle of
    the crossing, so that a start in the middle of a trend joins it. The exit margin is there because
    without it the same averages trade four times as often, for fees.

    It loses in a market without direction, where each wave crosses the averages and pays two fees
    for nothing: over the candles of June 2025 (BTC/USDT, 10 bps a side) it loses while the market
    gains. It shows how a strategy is written; it is not one to live on.
    """

    INTERFACE_VERSION = 3
    timeframe = "1m"
    startup_candle_count = 100
    stoploss = -0.03

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the three averages."""
        dataframe["ema_fast"] = ta.EMA(dataframe, timeperiod=12)
        dataframe["ema_slow"] = ta.EMA(dataframe, timeperiod=48)
        dataframe["ema_trend"] = ta.EMA(dataframe, timeperiod=96)
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter while fast is above slow, unless the close is well under the trend."""
        rising = dataframe["ema_fast"] > dataframe["ema_slow"]
        not_falling = dataframe["close"] > dataframe["ema_trend"] * (1 - TREND_TOLERANCE)
        dataframe.loc[rising & not_falling, "enter_long"] = 1
        dataframe.loc[rising & not_falling, "enter_tag"] = "fast_above_slow"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit while fast is clearly below slow."""
        falling = dataframe["ema_fast"] < dataframe["ema_slow"] * (1 - EXIT_MARGIN)
        dataframe.loc[falling, "exit_long"] = 1
        dataframe.loc[falling, "exit_tag"] = "fast_below_slow"
        return dataframe
