"""Buy the return into the band: what fell too far from its average tends to come back."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd
from freqtrade.strategy import IStrategy
from technical import qtpylib

WINDOW, DEVIATIONS = 20, 2.0


class BollingerReversion(IStrategy):
    """Buy when the close comes back above the lower Bollinger band, sell at the middle of the band.

    The band is the mean of 20 typical prices and two deviations, on five-minute candles. The return
    counts, not the touch, and only with a close above the one before: in a fall that goes on the
    band comes down to the price, which is no return.

    It loses when a trend begins: the band widens, the first return fails, and the stop of 3 % sells
    below it. In quiet markets the way to the middle is shorter than two fees.
    """

    INTERFACE_VERSION = 3
    timeframe = "5m"
    startup_candle_count = 60
    stoploss = -0.03
    minimal_roi: ClassVar[Mapping[str, float]] = {"0": 0.03, "180": 0.005}

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the band."""
        band = qtpylib.bollinger_bands(qtpylib.typical_price(dataframe), window=WINDOW, stds=DEVIATIONS)
        dataframe["band_lower"] = band["lower"]
        dataframe["band_middle"] = band["mid"]
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter when the close returns into the band."""
        returns = qtpylib.crossed_above(dataframe["close"], dataframe["band_lower"])
        rises = dataframe["close"] > dataframe["close"].shift(1)
        dataframe.loc[returns & rises, "enter_long"] = 1
        dataframe.loc[returns & rises, "enter_tag"] = "back_in_band"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit at the middle."""
        is_back = dataframe["close"] >= dataframe["band_middle"]
        dataframe.loc[is_back, "exit_long"] = 1
        dataframe.loc[is_back, "exit_tag"] = "band_middle"
        return dataframe
