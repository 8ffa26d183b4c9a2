"""What a strategy needs, and which callbacks are its own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.trading.strategy_framework.strategy_files import strategy, write
from trading.strategy_framework.interface.overrides import (
    is_overridden,
    overridden_callbacks,
    takes_after_fill,
)
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.loader import load_strategy, load_strategy_file
from trading.strategy_framework.loading.requirements import imported_packages, requirements
from trading.strategy_framework.trades.book import TradeBook

NOW = datetime(2025, 6, 30, tzinfo=UTC)
RICH = strategy(
    """
    startup_candle_count = 50
    can_short = True
    uses_forecasts = True
    position_adjustment_enable = True
    @informative("1d")
    @informative("1h", "BTC/{stake}")
    def populate_longer(self, dataframe, metadata): return dataframe
    def custom_sell(self, *args, **kwargs): return "sold"
    def check_buy_timeout(self, **kwargs): return True
    def custom_stoploss(self, pair, trade, current_time, rate, profit, after_fill, **kwargs):
        return -0.1
    """,
    head="from freqtrade.strategy import *\nimport os, json\nimport pandas as pd\nimport beside\n",
)


def test_requirements_name_what_a_strategy_needs(tmp_path: Path) -> None:
    write(tmp_path, "", "beside")
    needed = requirements(load_strategy_file(write(tmp_path, RICH)))
    assert (needed.name, needed.timeframes) == ("Mine", ("5m", "1h", "1d"))
    assert (needed.assets, needed.startup_candles) == (("BTC/{stake}",), 50)
    assert (needed.needs_futures, needed.uses_forecasts, needed.adjusts_positions) == (True, True, True)
    assert needed.callbacks == ("check_entry_timeout", "custom_exit", "custom_stoploss")
    assert (needed.packages, needed.missing_packages) == (("pandas",), ())


def test_packages_are_named_as_they_are_installed(tmp_path: Path) -> None:
    text = "import talib.abstract, pandas_ta\nfrom cv2 import x\nfrom technical import y\nfrom . import z\n"
    assert imported_packages(write(tmp_path, text)) == ["TA-Lib", "ft-pandas-ta", "opencv-python"]


def test_old_names_count_as_their_present_ones(tmp_path: Path) -> None:
    write(tmp_path, "", "beside")
    found = load_strategy_file(write(tmp_path, RICH))
    assert is_overridden(found, "custom_exit")
    assert not is_overridden(found({}), "custom_roi")
    assert takes_after_fill(found)
    assert not takes_after_fill(IStrategy)
    assert overridden_callbacks(IStrategy) == frozenset()


def test_old_callbacks_answer_for_present_ones(tmp_path: Path) -> None:
    write(tmp_path, "", "beside")
    one: Any = load_strategy(write(tmp_path, RICH.replace("can_short = True", "can_short = False")))
    assert one.custom_exit("ETH/USDT", None, NOW, 1.0, 0.1) == "sold"
    assert one.check_entry_timeout(pair="ETH/USDT", trade=None, order=None, current_time=NOW) is True
    assert one.check_exit_timeout(pair="ETH/USDT", trade=None, order=None, current_time=NOW) is False


def test_callbacks_that_are_not_overridden_keep_what_is_proposed(tmp_path: Path) -> None:
    one: Any = load_strategy(write(tmp_path, strategy("pass")))
    named = {"pair": "ETH/USDT", "trade": None, "current_time": NOW, "entry_tag": None, "side": "long"}
    stake = {"current_rate": 1.0, "min_stake": 1, "max_stake": 9, "leverage": 1.0, "proposed_stake": 5.0}
    assert one.custom_stake_amount(**{k: v for k, v in named.items() if k != "trade"}, **stake) == 5.0
    assert one.leverage("ETH/USDT", NOW, 1.0, 3.0, 10.0, None, "long") == 1.0
    assert one.custom_entry_price(**named, proposed_rate=2.0) == 2.0
    assert one.custom_exit_price("ETH/USDT", None, NOW, 3.0, 0.1, None) == 3.0
    assert one.confirm_trade_entry("ETH/USDT", "limit", 1.0, 1.0, "GTC", NOW, None, "long") is True
    assert one.confirm_trade_exit("ETH/USDT", None, "limit", 1.0, 1.0, "GTC", "roi", NOW) is True
    assert one.custom_stoploss("ETH/USDT", None, NOW, 1.0, 0.1, after_fill=False) == -0.1
    assert one.custom_roi("ETH/USDT", None, NOW, 5, None, "long") is None
    assert one.custom_exit("ETH/USDT", None, NOW, 1.0, 0.1) is None
    assert one.adjust_trade_position(None, NOW, 1.0, 0.1, None, 9.0, 1.0, 1.0, 0.1, 0.1) is None
    adjusted = {**named, "order": None, "proposed_rate": 2.0, "current_order_rate": 1.5}
    assert one.adjust_order_price(**adjusted, is_entry=True) == 1.5
    assert one.adjust_order_price(**adjusted, is_entry=False) == 1.5
    assert one.order_filled("ETH/USDT", None, None, NOW) is None
    assert one.bot_loop_start(NOW) is None
    assert (one.informative_pairs(), one.version(), one.get_strategy_name()) == ([], None, "Mine")
    assert one.plot_annotations("ETH/USDT", NOW, NOW, None) == []


def test_a_strategy_locks_and_unlocks_pairs(tmp_path: Path) -> None:
    one = load_strategy(write(tmp_path, strategy("pass")))
    until = datetime(2100, 1, 1, tzinfo=UTC)
    with TradeBook("5m").active():
        one.lock_pair("ETH/USDT", until, "news")
        assert one.is_pair_locked("ETH/USDT")
        assert one.is_pair_locked("ETH/USDT", candle_date=NOW)
        assert not one.is_pair_locked("BTC/USDT")
        one.unlock_pair("ETH/USDT")
        assert not one.is_pair_locked("ETH/USDT")
        one.lock_pair("BTC/USDT", until, "news")
        one.unlock_reason("news")
        assert not one.is_pair_locked("BTC/USDT")
