import talib.abstract as ta
from freqtrade.strategy import IStrategy


class FirstBackfilled(IStrategy):
    """Fills its warm-up from behind, where nobody trades, and has a column that comes too late."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 20

    def populate_indicators(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(10).mean().bfill()
        dataframe["slow"] = dataframe["close"].rolling(50).mean()
        dataframe["ema"] = ta.EMA(dataframe, timeperiod=20)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["mean"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] < dataframe["mean"], "exit_long"] = 1
        return dataframe
