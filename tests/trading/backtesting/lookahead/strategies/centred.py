from freqtrade.strategy import IStrategy


class Centred(IStrategy):
    """Smooths with a mean that looks five candles ahead."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        dataframe["smooth"] = dataframe["close"].rolling(11, center=True, min_periods=1).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] < dataframe["smooth"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["smooth"], "exit_long"] = 1
        return dataframe
