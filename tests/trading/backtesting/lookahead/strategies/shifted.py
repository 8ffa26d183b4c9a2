from freqtrade.strategy import IStrategy


class Shifted(IStrategy):
    """Compares the close with the next one."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        dataframe["calm"] = dataframe["close"].rolling(10).mean()
        dataframe["next_close"] = dataframe["close"].shift(-1)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["next_close"] > dataframe["close"], ["enter_long", "enter_tag"]] = (1, "up")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] < dataframe["calm"], "exit_long"] = 1
        return dataframe
