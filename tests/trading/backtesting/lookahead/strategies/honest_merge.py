import talib.abstract as ta
from freqtrade.strategy import IStrategy, informative, merge_informative_pair


class HonestMerge(IStrategy):
    """Hourly candles of its own pair and of another, each known when it has closed."""

    timeframe = "5m"
    stoploss = -0.1
    startup_candle_count = 24

    def informative_pairs(self):
        return [("ETH/USDT", "30m")]

    @informative("1h")
    def populate_indicators_1h(self, dataframe, metadata):
        dataframe["ema"] = ta.EMA(dataframe, timeperiod=5)
        return dataframe

    def populate_indicators(self, dataframe, metadata):
        other = self.dp.get_pair_dataframe("ETH/USDT", "30m")
        dataframe = merge_informative_pair(dataframe, other, self.timeframe, "30m", ffill=True)
        dataframe["ema"] = ta.EMA(dataframe, timeperiod=24)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["ema_1h"], ["enter_long", "enter_tag"]] = (1, "above")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] < dataframe["ema"], "exit_long"] = 1
        return dataframe
