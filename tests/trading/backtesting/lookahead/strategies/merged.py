import pandas as pd
from freqtrade.strategy import IStrategy


class Merged(IStrategy):
    """Joins the hour's candle by its open time: known an hour early."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 24

    def informative_pairs(self):
        return [(pair, "1h") for pair in self.dp.current_whitelist()]

    def populate_indicators(self, dataframe, metadata):
        hourly = self.dp.get_pair_dataframe(metadata["pair"], "1h")[["date", "close"]]
        hourly = hourly.rename(columns={"close": "close_1h"})
        dataframe = pd.merge(dataframe, hourly, on="date", how="left")
        dataframe["close_1h"] = dataframe["close_1h"].ffill()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close_1h"] > dataframe["close"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close_1h"] < dataframe["close"], "exit_long"] = 1
        return dataframe
