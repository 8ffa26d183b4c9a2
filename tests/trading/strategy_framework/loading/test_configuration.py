"""Settings: who wins, what version 2 called them, and what makes no sense."""

from pathlib import Path
from typing import Any

import pytest

from tests.trading.strategy_framework.strategy_files import strategy, write
from trading.strategy_framework.errors import StrategyFailed, StrategyLoadFailed
from trading.strategy_framework.interface.enums import CandleType
from trading.strategy_framework.loading.configuration import start
from trading.strategy_framework.loading.loader import load_strategy, load_strategy_file


def loaded(folder: Path, body: str, config: dict[str, Any] | None = None) -> Any:
    return load_strategy(write(folder, strategy(body)), config=config)


def test_the_configuration_beats_the_strategy_and_is_filled_by_it(tmp_path: Path) -> None:
    given = {"stoploss": -0.25, "minimal_roi": {"60": 0.01, "0": 0.1}}
    one = loaded(tmp_path, "minimal_roi = {'0': 1}\nstartup_candle_count = 30", given)
    assert (one.stoploss, one.minimal_roi) == (-0.25, {0: 0.1, 60: 0.01})
    assert (one.config["startup_candle_count"], one.config["timeframe"]) == (30, "5m")
    assert "timeframe" not in given


def test_the_run_mode_is_an_enumeration_as_strategies_expect(tmp_path: Path) -> None:
    one = loaded(tmp_path, "pass", {"runmode": "dry_run"})
    assert one.config["runmode"].value == "dry_run"
    assert loaded(tmp_path, "pass").config["runmode"].value == "other"


def test_defaults_are_freqtrades(tmp_path: Path) -> None:
    one = loaded(tmp_path, "pass")
    assert (one.use_exit_signal, one.exit_profit_only, one.exit_profit_offset) == (True, False, 0.0)
    assert one.max_open_trades == float("inf")
    assert one.order_types["stoploss_on_exchange"] is False
    assert (one.can_short, one.use_custom_stoploss, one.position_adjustment_enable) == (False, False, False)
    assert one.config["candle_type_def"] is CandleType.SPOT


def test_minus_one_means_no_limit_of_trades(tmp_path: Path) -> None:
    assert loaded(tmp_path, "max_open_trades = -1").max_open_trades == float("inf")


def test_version_2_settings_get_their_present_names(tmp_path: Path) -> None:
    body = """
    use_sell_signal = False
    sell_profit_only = True
    sell_profit_offset = 0.02
    ignore_roi_if_buy_signal = True
    order_types = {"buy": "market", "sell": "limit", "stoploss": "market", "stoploss_on_exchange": False,
                   "emergencysell": "market"}
    order_time_in_force = {"buy": "GTC", "sell": "IOC"}
    unfilledtimeout = {"buy": 10, "sell": 30}
    """
    one = loaded(tmp_path, body)
    assert (one.use_exit_signal, one.exit_profit_only, one.exit_profit_offset) == (False, True, 0.02)
    assert one.ignore_roi_if_entry_signal is True
    assert (one.order_types["entry"], one.order_types["exit"]) == ("market", "limit")
    assert one.order_types["emergency_exit"] == "market"
    assert one.order_time_in_force == {"entry": "GTC", "exit": "IOC"}
    assert one.config["unfilledtimeout"] == {"entry": 10, "exit": 30}


def test_version_2_keys_of_a_configuration_are_renamed(tmp_path: Path) -> None:
    one = loaded(tmp_path, "pass", {"unfilledtimeout": {"buy": 5, "sell": 6, "unit": "minutes"}})
    assert one.unfilledtimeout == {"unit": "minutes", "entry": 5, "exit": 6}


def test_ticker_interval_stands_for_timeframe(tmp_path: Path) -> None:
    text = strategy("ticker_interval = '15m'").replace('    timeframe = "5m"\n', "")
    assert load_strategy_file(write(tmp_path, text)).timeframe == "15m"


def test_a_configuration_brings_a_timeframe_and_a_stop(tmp_path: Path) -> None:
    text = strategy("pass").replace('    timeframe = "5m"\n    stoploss = -0.1\n', "")
    one = load_strategy(write(tmp_path, text), config={"timeframe": "1h", "stoploss": -0.5})
    assert (one.timeframe, one.stoploss) == ("1h", -0.5)
    with pytest.raises(StrategyLoadFailed, match="set timeframe"):
        load_strategy(write(tmp_path, text), config={"stoploss": -0.5})


def test_shorts_need_futures(tmp_path: Path) -> None:
    with pytest.raises(StrategyLoadFailed, match="can_short needs trading_mode futures"):
        loaded(tmp_path, "can_short = True")
    one = loaded(tmp_path, "can_short = True", {"trading_mode": "futures"})
    assert one.config["candle_type_def"] is CandleType.FUTURES


def test_version_2_names_trade_spot_only_as_in_freqtrade(tmp_path: Path) -> None:
    body = "use_sell_signal = False\ndef custom_sell(self, *args, **kwargs): return None"
    assert loaded(tmp_path, body).use_exit_signal is False
    said = "can't trade futures; rename custom_sell to custom_exit, use_sell_signal to use_exit_signal"
    with pytest.raises(StrategyLoadFailed, match=said):
        loaded(tmp_path, body, {"trading_mode": "futures"})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("order_types = {'entry': 'limit'}", "order_types lacks exit, stoploss, stoploss_on_exchange"),
        ("order_time_in_force = {'entry': 'GTC'}", "order_time_in_force lacks exit"),
        ("minimal_roi = {'soon': 1}", "minimal_roi: 'soon': 1 must be minutes"),
        ("minimal_roi = [1]", "minimal_roi must be a dict"),
        ("max_open_trades = 'many'", "a setting can't be read"),
        ("def __init__(self, config): pass", "must call super"),
        ("def __init__(self, config): 1 / 0", r"Mine\(config\) raised ZeroDivisionError"),
        ("def populate_indicators(self, dataframe): pass", "version 1 is not supported"),
        (
            "@informative('1m')\ndef populate_fast(self, dataframe, metadata): return dataframe",
            "an informative timeframe must be equal to or longer than the strategy's 5m",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(StrategyLoadFailed, match=said) as caught:
        loaded(tmp_path, body)
    assert caught.value.line == 3


def test_bot_start_comes_before_the_values_of_parameters(tmp_path: Path) -> None:
    body = """
    buy_params = {"buy_x": 2}
    buy_x = IntParameter(1, 9, default=5)
    def bot_start(self): self.seen = self.buy_x.value
    """
    one = loaded(tmp_path, body)
    start(one)
    assert (one.seen, one.buy_x.value) == (5, 2)


def test_a_bot_start_that_raises_is_named(tmp_path: Path) -> None:
    one = loaded(tmp_path, "def bot_start(self): 1 / 0")
    with pytest.raises(StrategyFailed, match="bot_start of Mine raised ZeroDivisionError"):
        start(one)


def test_a_protection_property_is_not_overwritten(tmp_path: Path) -> None:
    body = """
    @property
    def protections(self): return [{"method": "CooldownPeriod", "stop_duration_candles": 2}]
    """
    assert loaded(tmp_path, body).protections[0]["method"] == "CooldownPeriod"


def test_freqai_says_what_there_is_instead(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="uses_forecasts = True"):
        _ = loaded(tmp_path, "pass").freqai
