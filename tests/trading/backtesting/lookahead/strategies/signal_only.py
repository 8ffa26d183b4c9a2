from freqtrade.strategy import IStrategy


class SignalOnly(IStrategy):
    """Its indicators are honest; its entry is not."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        dataframe["calm"] = dataframe["close"].rolling(10).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"].shift(-1) > dataframe["calm"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] < dataframe["calm"], "exit_long"] = 1
        return dataframe
