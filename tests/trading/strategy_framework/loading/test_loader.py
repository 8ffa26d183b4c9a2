"""Loading of strategy files: what runs unmodified, and what each broken file is told."""

import sys
from pathlib import Path

import pytest

from tests.trading.strategy_framework.frames import candles
from trading.strategy_framework.analysis import analyze
from trading.strategy_framework.errors import StrategyLoadFailed
from trading.strategy_framework.loading.loader import load_strategy, load_strategy_file

VERSION_3 = """
from freqtrade.strategy import IStrategy, IntParameter, merge_informative_pair
import freqtrade.vendor.qtpylib.indicators as qtpylib
import talib.abstract as ta

class Rising(IStrategy):
    timeframe = "1m"
    stoploss = -0.1
    minimal_roi = {"0": 0.5}

    def populate_indicators(self, dataframe, metadata):
        dataframe["ema"] = ta.EMA(dataframe, timeperiod=3)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > dataframe["ema"], ["enter_long", "enter_tag"]] = (1, "up")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[qtpylib.crossed_below(dataframe["close"], dataframe["ema"]), "exit_long"] = 1
        return dataframe
"""

VERSION_2 = """
from freqtrade.strategy.interface import IStrategy

class Old(IStrategy):
    ticker_interval = "1m"
    stoploss = -0.1
    def populate_indicators(self, dataframe, metadata):
        return dataframe
    def populate_buy_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > 0, ["buy", "buy_tag"]] = (1, "always")
        return dataframe
    def populate_sell_trend(self, dataframe, metadata):
        dataframe["sell"] = 0
        return dataframe
"""

METHODS = """
    def populate_entry_trend(self, dataframe, metadata): return dataframe
    def populate_exit_trend(self, dataframe, metadata): return dataframe
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text)
    return path


def test_a_freqtrade_file_runs_unmodified(tmp_path: Path) -> None:
    strategy = load_strategy_file(write(tmp_path, VERSION_3))()
    last = analyze(strategy, candles([1, 2, 3, 4, 5, 6]), {"pair": "BTC/USDT"}).iloc[-1]
    assert (last["enter_long"], last["enter_tag"]) == (1, "up")


def test_a_version_2_file_runs_with_its_old_names(tmp_path: Path) -> None:
    strategy = load_strategy_file(write(tmp_path, VERSION_2))()
    frame = analyze(strategy, candles([1, 2, 3]), {"pair": "BTC/USDT"})
    assert strategy.timeframe == "1m"
    assert "always" in frame.loc[:, frame.columns == "enter_tag"].iloc[-1].tolist()


def test_no_freqtrade_module_remains_after_a_load(tmp_path: Path) -> None:
    load_strategy_file(write(tmp_path, VERSION_3))
    assert [name for name in sys.modules if name.split(".")[0] == "freqtrade"] == []
    with pytest.raises(ModuleNotFoundError):
        __import__("freqtrade")


def test_a_real_freqtrade_that_is_imported_stays_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = type(sys)("freqtrade")
    monkeypatch.setitem(sys.modules, "freqtrade", theirs)
    load_strategy_file(write(tmp_path, VERSION_3))
    assert sys.modules["freqtrade"] is theirs


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("x = (\n", 1, "not valid Python"),
        ("import os\nimport not_there_at_all\n", 2, "imports not_there_at_all, which is not installed"),
        ("from freqtrade.strategy import Nothing\n", 1, "imports a name that is not offered"),
        ("import freqtrade.rpc\n", 1, "imports freqtrade.rpc, which is not offered"),
        ("a = 1\nb = 1 / 0\n", 2, "ZeroDivisionError"),
        ("import sys\nsys.exit(3)\n", 2, "SystemExit: 3"),
        ("a = 1\neval('(')\n", 2, "SyntaxError"),
        ("a = open('not there')\n", 1, "FileNotFoundError"),
        ("a = 1\n", None, "has no strategy"),
        ("from freqtrade.strategy import IStrategy\nclass A(IStrategy): stoploss = -1\n", 2, "must define"),
        (
            f"from freqtrade.strategy import IStrategy\nclass A(IStrategy):{METHODS}",
            2,
            "set stoploss to a negative fraction",
        ),
        (
            f"from freqtrade.strategy import IStrategy\nclass A(IStrategy):\n    stoploss = 0.1{METHODS}",
            2,
            "stoploss = 0.1 must be a negative fraction",
        ),
        (
            "from freqtrade.strategy import IStrategy\nclass A(IStrategy):\n    stoploss = -0.1\n"
            f"    timeframe = 'hourly'{METHODS}",
            2,
            "is not a timeframe",
        ),
        (
            "from freqtrade.strategy import IStrategy\nclass A(IStrategy):\n    stoploss = -0.1\n"
            "    def adjust_order_price(self, **_): pass\n"
            f"    def adjust_exit_price(self, **_): pass{METHODS}",
            2,
            "keep one way",
        ),
    ],
)
def test_a_broken_file_is_told_its_line_and_what_is_missing(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(StrategyLoadFailed) as caught:
        load_strategy(path)
    assert said in str(caught.value)
    assert caught.value.line == line
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StrategyLoadFailed, match=r"absent\.py: can't be read: No such file"):
        load_strategy_file(tmp_path / "absent.py")


def test_of_several_strategies_one_is_chosen_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, VERSION_3 + VERSION_2)
    with pytest.raises(StrategyLoadFailed, match="choose one of: Old, Rising"):
        load_strategy_file(path)
    assert load_strategy_file(path, "Old").__name__ == "Old"
    with pytest.raises(StrategyLoadFailed, match="has no strategy New; it has: Old, Rising"):
        load_strategy_file(path, "New")
