from freqtrade.strategy import IStrategy


class Resampled(IStrategy):
    """Gives every candle the close of its hour, also while the hour lasts."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 24

    def populate_indicators(self, dataframe, metadata):
        hourly = dataframe.set_index("date")["close"].resample("1h").last()
        dataframe["hour_close"] = dataframe["date"].dt.floor("1h").map(hourly)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["hour_close"] > dataframe["close"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["hour_close"] < dataframe["close"], "exit_long"] = 1
        return dataframe
