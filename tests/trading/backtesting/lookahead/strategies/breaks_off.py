from freqtrade.strategy import IStrategy


class BreaksOff(IStrategy):
    """Raises on exactly 37 candles, although shorter and longer frames are fine, and prints."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        print("noise")  # noqa: T201
        if len(dataframe) == 37:
            raise ValueError("thirty-seven")
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["open"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
