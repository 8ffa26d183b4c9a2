"""Stand in the market at once and live on its waves: the first rung of a grid, bought without a signal."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd
from freqtrade.strategy import IStrategy


class Grid(IStrategy):
    """Buy whenever nothing is held, sell at a profit of 1.2 % after fees, and buy again.

    It forecasts nothing, so it enters in every market, at its first candle. It earns a rung's height
    for each wave that is higher than that.

    It loses in a fall that goes on: the rung stands below water until the stop of 8 % sells it, and
    the next one is bought at once. One such stop eats the gain of seven waves.
    """

    INTERFACE_VERSION = 3
    timeframe = "1m"
    stoploss = -0.08
    minimal_roi: ClassVar[Mapping[str, float]] = {"0": 0.012}

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add nothing: the grid needs no indicator."""
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter on every candle: the position decides, not the market."""
        dataframe.loc[:, ["enter_long", "enter_tag"]] = (1, "first_rung")
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Leave the exits to the profit target and the stop."""
        dataframe["exit_long"] = 0
        return dataframe
