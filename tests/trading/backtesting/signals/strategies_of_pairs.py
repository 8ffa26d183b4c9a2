"""Strategies whose pairs are analysed apart, or must not be: as their users write them."""

from pathlib import Path

PLAIN = """
import talib.abstract as ta
from freqtrade.strategy import IStrategy

NAMES = {{}}


class {name}(IStrategy):
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {{"0": 0.02}}
    max_open_trades = 2
    startup_candle_count = 20
    seen = {{}}

    def populate_indicators(self, dataframe, metadata):
        dataframe["mean"] = ta.SMA(dataframe, timeperiod=5)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dip = dataframe["close"] < dataframe["mean"] * 0.999
        dataframe.loc[dip, ["enter_long", "enter_tag"]] = (1, metadata["pair"])
        dataframe.loc[dip & (dataframe["volume"] > 10), "enter_tag"] = "loud"
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["mean"] * 1.001, "exit_long"] = 1
        return dataframe
"""

ASKS_FRAMES = """
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        return "above" if frame["mean"].iloc[-1] < current_rate else None
"""
"""A callback that looks at the analysed frame."""

INFORMED = """
    @informative("15m", "BTC/{stake}")
    def populate_indicators_btc(self, dataframe, metadata):
        dataframe["mean"] = ta.SMA(dataframe, timeperiod=3)
        return dataframe
"""

_IN = '        dataframe["mean"] ='
STATE_KEPT = {
    "self": (_IN, '        self.seen_here = metadata["pair"]\n' + _IN),
    "a table of the class": (_IN, '        self.seen[metadata["pair"]] = len(dataframe)\n' + _IN),
    "a table of the file": (_IN, '        NAMES[metadata["pair"]] = 1\n' + _IN),
    "a function's attribute": (_IN, "        made.count = len(metadata)\n" + _IN),
    "an object inside": (_IN, '        self.config["exchange"]["last"] = metadata["pair"]\n' + _IN),
    "shared random numbers": (
        _IN,
        '        import numpy\n        dataframe["luck"] = numpy.random.rand(len(dataframe))\n' + _IN,
    ),
    "a lock": (
        _IN,
        "        from datetime import datetime, timezone\n"
        '        self.lock_pair(metadata["pair"], datetime(2024, 1, 2, tzinfo=timezone.utc))\n' + _IN,
    ),
    "only between the two steps": (
        "return dataframe\n\n    def populate_entry_trend(self, dataframe, metadata):",
        'self.pair = metadata["pair"]\n        return dataframe\n\n'
        '    def populate_entry_trend(self, dataframe, metadata):\n        vars(self).pop("pair", None)',
    ),
}
"""What a strategy may keep from pair to pair, as changes of the plain one."""

REACHES_OUT = {
    "it imports os": ("import talib", "import os\nimport talib"),
    "it uses to_csv": (_IN, "        dataframe.tail(1).to_csv(None)\n" + _IN),
    "it changes ta": (_IN, "        ta.lucky = len(dataframe)\n" + _IN),
    "it uses open": (_IN, "        open(__file__).close()\n" + _IN),
}


def write(folder: Path, *, name: str = "Apart", more: str = "", change: tuple[str, str] = ("", "")) -> Path:
    """Write the plain strategy with a change of its text, and more of it at its end."""
    text = PLAIN.format(name=name)
    assert change[0] in text
    if "informative" in more:
        text = text.replace("import IStrategy", "import IStrategy, informative")
    path = folder / f"{name}.py"
    path.write_text((text.replace(*change) if change[0] else text) + more)
    return path
