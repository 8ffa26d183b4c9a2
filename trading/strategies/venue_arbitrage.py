"""Buy a coin where it is cheap against the other venues, and sell when the venues agree again."""

from typing import Any

import pandas as pd
from freqtrade.strategy import IStrategy

USUAL_CANDLES, USUAL_CANDLES_MIN = 240, 60
COSTS = 0.0025
"""Two taker fees of 10 bps, and 5 bps of spread."""


class VenueArbitrage(IStrategy):
    """Buy when our venue is 0.25 % cheaper than the others, beyond what is usual; sell when it is not.

    The others' price is the median of their closes of the same minute, in the columns
    `venue_close_<venue>`; what is usual is the median of the last 240 differences, since a venue that
    quotes dollars differs for good from one that quotes tethers. The order router then buys at the
    venue that is cheapest with its fee, and sells at the dearest. Without other venues it holds.

    This is the half of an arbitrage that candles allow: it buys the cheap side and waits for it to
    rise. The whole one sells the dear side in the same moment, which needs coins on every venue and
    ticks instead of closes; a difference that is over within seconds is not seen here at all.

    It loses when the others come down instead of ours going up, when the difference was a late
    candle, and to fees where the usual difference is smaller than they are, as on all large venues
    in quiet hours: then it does not trade.
    """

    INTERFACE_VERSION = 3
    timeframe = "1m"
    startup_candle_count = USUAL_CANDLES
    stoploss = -0.01
    uses_venues = True

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add by how much the others are dearer than usual; NaN where nobody knows."""
        others = [name for name in dataframe.columns if name.startswith("venue_close_")]
        gap = dataframe[others].median(axis=1) / dataframe["close"] - 1
        usual = gap.rolling(USUAL_CANDLES, min_periods=USUAL_CANDLES_MIN).median()
        dataframe["venue_edge"] = gap - usual
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter where the difference pays the costs; a comparison with NaN is false."""
        is_cheap = dataframe["venue_edge"] > COSTS
        dataframe.loc[is_cheap, "enter_long"] = 1
        dataframe.loc[is_cheap, "enter_tag"] = "cheaper_here"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit when the venues agree as usual."""
        dataframe.loc[dataframe["venue_edge"] <= 0, "exit_long"] = 1
        dataframe.loc[dataframe["venue_edge"] <= 0, "exit_tag"] = "venues_agree"
        return dataframe
