"""Strategy files for the commands' tests, written as users write them."""

from pathlib import Path

GOOD = """
from freqtrade.strategy import IStrategy


class {name}(IStrategy):
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {{"0": 0.02}}
    max_open_trades = 2

    def populate_indicators(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(5).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] < dataframe["mean"], ["enter_long", "enter_tag"]] = (1, "dip")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["mean"] * 1.001, "exit_long"] = 1
        return dataframe
"""


def strategy_file(folder: Path, name: str = "Dips", *, change: tuple[str, str] = ("", "")) -> Path:
    """Write a strategy that trades; `change` replaces a piece of its text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    text = GOOD.format(name=name)
    path.write_text(text.replace(*change) if change[0] else text)
    return path
