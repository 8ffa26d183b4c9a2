"""Strategies to optimise, as files."""

from pathlib import Path

CROSS = """
from freqtrade.strategy import BooleanParameter, CategoricalParameter, DecimalParameter
from freqtrade.strategy import IntParameter, IStrategy


class Cross(IStrategy):
    timeframe = "5m"
    stoploss = -0.2
    minimal_roi = {"0": 0.5}
    startup_candle_count = 30

    buy_fast = IntParameter(2, 10, default=5)
    buy_slow = IntParameter(12, 30, default=20)
    sell_margin = DecimalParameter(0.0, 0.01, decimals=4, default=0.001)
    sell_strict = BooleanParameter(default=False)
    buy_side = CategoricalParameter([("over", 1), ("under", -1)], default=("over", 1))
    buy_fixed = IntParameter(1, 3, default=2, optimize=False)
    cooldown = IntParameter(1, 5, default=2, space="protection")

    @property
    def protections(self):
        return [{"method": "CooldownPeriod", "stop_duration_candles": self.cooldown.value}]

    def populate_indicators(self, dataframe, metadata):
        dataframe["fast"] = dataframe["close"].rolling(self.buy_fast.value).mean()
        dataframe["slow"] = dataframe["close"].rolling(self.buy_slow.value).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        sign = self.buy_side.value[1]
        dataframe.loc[sign * (dataframe["fast"] - dataframe["slow"]) > 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        gap = dataframe["slow"] * (1 - self.sell_margin.value)
        dataframe.loc[dataframe["fast"] < gap, "exit_long"] = 1
        return dataframe
"""

FAILING = """
    def custom_exit(self, *arguments, **more):
        return undefined
"""
"""To be added to `CROSS`."""

OWN_SPACES = """
from freqtrade.optimize.space import Categorical, Dimension, Integer, SKDecimal
from freqtrade.strategy import IStrategy


class OwnSpaces(IStrategy):
    timeframe = "5m"
    stoploss = -0.2
    minimal_roi = {"0": 0.5}

    class HyperOpt:
        def stoploss_space():
            return [SKDecimal(-0.05, -0.03, decimals=3, name="stoploss")]

        def roi_space():
            return [Integer(10, 20, name="late"), Categorical([0.02, 0.04], name="much")]

        def generate_roi_table(params):
            return {0: params["much"], params["late"]: 0.0}

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[:, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""


def source(folder: Path, text: str, name: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(text)
    return path
