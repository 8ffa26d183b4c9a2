from freqtrade.strategy import IStrategy


class LateLeak(IStrategy):
    """Asks for no start-up; what leaks has its first value after 100 candles."""

    timeframe = "5m"
    stoploss = -0.1

    def populate_indicators(self, dataframe, metadata):
        dataframe["slow"] = dataframe["close"].rolling(100).mean().shift(-1)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["slow"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
