from freqtrade.strategy import IStrategy


class Normalised(IStrategy):
    """Scales by the mean and the spread of the whole frame."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        close = dataframe["close"]
        dataframe["score"] = (close - close.mean()) / close.std()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["score"] < -1, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["score"] > 1, "exit_long"] = 1
        return dataframe
