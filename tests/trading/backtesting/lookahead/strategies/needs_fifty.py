import numpy as np
from freqtrade.strategy import IStrategy


class NeedsFifty(IStrategy):
    """Raises on fewer than 50 candles although it asks for 20, and draws lots."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        dataframe["base"] = dataframe["close"].iloc[49]
        dataframe["luck"] = np.random.default_rng().normal(size=len(dataframe))
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["base"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
