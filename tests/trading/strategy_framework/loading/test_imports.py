"""What a strategy file may import, from where, and when."""

import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.trading.strategy_framework.strategy_files import strategy, walk, write
from trading.strategy_framework.errors import StrategyLoadFailed
from trading.strategy_framework.loading.loader import load_strategy_file, strategies_in
from trading.strategy_framework.loading.offered import offered_module
from trading.strategy_framework.loading.offered_names import MIRRORS, MODULES
from trading.strategy_framework.trades.trade import Trade

LATE = strategy("""
def version(self):
    from freqtrade.persistence import Trade
    import freqtrade.vendor.qtpylib.indicators as qtpylib
    self.seen = (Trade, qtpylib.typical_price)
    return "late"
""")


@pytest.mark.parametrize("name", sorted({*MODULES, *MIRRORS}))
def test_every_offered_module_has_all_its_names(name: str) -> None:
    module = offered_module(name)
    for one in module.__all__:
        assert getattr(module, one) is not None


@pytest.mark.parametrize(
    "statement",
    [
        "import freqtrade.vendor.qtpylib.indicators as qtpylib",
        "from freqtrade.vendor.qtpylib import indicators",
        "import freqtrade\nfreqtrade.strategy.IStrategy",
        "import freqtrade.strategy as s\ns.IStrategy",
        "from freqtrade import strategy\nstrategy.merge_informative_pair",
        "import technical.indicators as ftt\nftt.zema",
        "from technical.indicators import RMI, VIDYA, ichimoku",
        "from technical import qtpylib\nqtpylib.crossed_above",
        "from technical.consensus import Consensus",
        "from technical.util import resample_to_interval, resampled_merge",
        "from freqtrade.strategy.hyper import CategoricalParameter, DecimalParameter",
        "from freqtrade.exchange import timeframe_to_prev_date, date_minus_candles",
        "from skopt.space import Categorical, Dimension, Integer, Real",
        "from freqtrade.optimize.hyperopt import IHyperOptLoss",
        "from freqtrade.misc import file_dump_json, json_load",
        "from freqtrade.enums import CandleType, RunMode, TradingMode",
        "from freqtrade.exceptions import OperationalException",
        "from freqtrade.constants import ListPairsWithTimeframes",
        "import talib.abstract as ta\nta.EMA",
        pytest.param(
            "import pandas_ta as pta\npta.ema",
            marks=pytest.mark.filterwarnings("ignore:Timestamp.dayofyear is deprecated"),
        ),
        "from numpy.lib import math\nmath.sqrt(2)",
        "from numpy.lib.function_base import append\nappend([1], [2])",
        "import numpy as np\nassert np.NaN != np.NaN and np.Inf > 1",
        "from numpy import NaN\nassert NaN != NaN",
        "pattern = '\\d'",
    ],
)
def test_what_collections_import_can_be_imported(tmp_path: Path, statement: str) -> None:
    path = write(tmp_path, strategy("pass") + "\n" + statement + "\n")
    assert load_strategy_file(path).__name__ == "Mine"


def test_an_import_inside_a_method_finds_our_names_in_any_thread(tmp_path: Path) -> None:
    one = load_strategy_file(write(tmp_path, LATE))()
    thread = threading.Thread(target=one.version)
    thread.start()
    thread.join()
    seen: Any = one
    assert seen.seen[0] is Trade


def test_loading_changes_nothing_global(tmp_path: Path) -> None:
    before = (list(sys.meta_path), list(sys.path), {name for name in sys.modules if "freqtrade" in name})
    load_strategy_file(write(tmp_path, LATE))().version()
    after = (list(sys.meta_path), list(sys.path), {name for name in sys.modules if "freqtrade" in name})
    ours = {name for name in after[2] if name.startswith("trading.")}
    assert (after[0], after[1], after[2] - ours) == (before[0], before[1], before[2] - ours)


def test_a_strategy_derives_from_one_in_another_file(tmp_path: Path) -> None:
    write(tmp_path, strategy("value = 1\ndef version(self): return 'parent'", name="Parent"), "parent")
    child = "from parent import Parent\nclass Child(Parent):\n    value = 2\n"
    found = load_strategy_file(write(tmp_path, child, "child"))
    assert (found.__name__, found({}).version()) == ("Child", "parent")


def test_files_and_packages_of_the_folder_can_be_imported(tmp_path: Path) -> None:
    write(tmp_path, "ONE = 1\n", "numbers_of_mine")
    write(tmp_path, "from .inner import TWO\nfrom . import other\n", "pack/__init__")
    write(tmp_path, "from freqtrade.strategy import IStrategy\nTWO = 2\n", "pack/inner")
    write(tmp_path, "THREE = 3\n", "pack/other")
    head = """
from freqtrade.strategy import *
import numbers_of_mine
import pack.other
from pack import TWO, inner
from pack.inner import *
from .numbers_of_mine import ONE
"""
    body = "values = (numbers_of_mine.ONE, ONE, TWO, pack.other.THREE, inner.TWO)"
    found: Any = load_strategy_file(write(tmp_path, strategy(body, head=head)))
    assert found.values == (1, 1, 2, 3, 2)


def test_two_folders_have_files_of_one_name(tmp_path: Path) -> None:
    values = []
    for folder, value in (("a", 1), ("b", 2)):
        write(tmp_path, f"VALUE = {value}\n", f"{folder}/shared")
        path = write(tmp_path, strategy("import shared\nvalue = shared.VALUE"), f"{folder}/mine")
        found: Any = load_strategy_file(path)
        values.append(found.value)
    assert values == [1, 2]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    first: Any = load_strategy_file(write(tmp_path, strategy("value = 1")))
    second: Any = load_strategy_file(write(tmp_path, strategy("value = 2")))
    assert (first.value, second.value) == (1, 2)


def test_a_missing_package_is_named_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(StrategyLoadFailed, match=r"line 1: imports cv2.*pip install opencv-python"):
        load_strategy_file(write(tmp_path, "import cv2\n"))


def test_a_name_that_nobody_knows_is_not_to_be_installed_by_that_name(tmp_path: Path) -> None:
    advice = "imports my_private_lib, .* provides it, or put my_private_lib.py beside the strategy"
    with pytest.raises(StrategyLoadFailed, match=advice) as raised:
        load_strategy_file(write(tmp_path, "import my_private_lib.signals\n"))
    assert "pip" not in str(raised.value)


def test_a_package_that_is_optional_in_the_file_may_be_missing(tmp_path: Path) -> None:
    text = "try:\n    import not_there_at_all\nexcept ImportError:\n    not_there_at_all = None\n"
    assert load_strategy_file(write(tmp_path, text + strategy("pass")))


def test_a_late_import_of_a_missing_package_says_what_to_install(tmp_path: Path) -> None:
    found = load_strategy_file(write(tmp_path, strategy("def version(self): import not_there_at_all")))
    with pytest.raises(ModuleNotFoundError, match=r"put not_there_at_all\.py beside the strategy"):
        found({}).version()


def test_an_error_in_a_file_of_the_folder_names_that_file(tmp_path: Path) -> None:
    write(tmp_path, "x = 1\ny = 1 / 0\n", "shared")
    with pytest.raises(StrategyLoadFailed, match=r"shared\.py, line 2: ZeroDivisionError"):
        load_strategy_file(write(tmp_path, "import shared\n"))
    write(tmp_path, "x = (\n", "shared")
    with pytest.raises(StrategyLoadFailed, match=r"shared\.py, line 1: not valid Python"):
        load_strategy_file(write(tmp_path, "import shared\n"))


def test_a_real_technical_beside_us_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "technical", ModuleType("technical"))
    assert load_strategy_file(write(tmp_path, "from technical.indicators import zema\n" + strategy("pass")))


def test_importing_qtpylib_gives_series_its_methods(tmp_path: Path) -> None:
    head = "from freqtrade.strategy import *\nimport freqtrade.vendor.qtpylib.indicators\n"
    load_strategy_file(write(tmp_path, strategy("pass", head=head)))
    close: Any = walk(50)["close"]
    assert close.crossed_above(close.rolling_mean(5)).dtype == bool


def test_all_strategies_of_a_file_are_listed(tmp_path: Path) -> None:
    path = write(tmp_path, strategy("pass", name="A") + "\nclass B(A): pass\nclass C: pass\n")
    assert list(strategies_in(path)) == ["A", "B"]


def test_the_strategy_called_like_its_file_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path, strategy("pass", name="base") + "\nclass mine(base): pass\n")
    assert load_strategy_file(path).__name__ == "mine"


def test_a_dataclass_in_a_strategy_file_works(tmp_path: Path) -> None:
    text = """
    from __future__ import annotations
    from dataclasses import dataclass
    @dataclass
    class Point:
        x: int = 1
    """
    path = write(tmp_path, text)
    assert strategies_in(path) == {}
