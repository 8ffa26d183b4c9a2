"""The choice of the engine: fast where nothing hinders it, and a reason where something does."""

from random import Random
from typing import Any

import pytest

from tests.trading.backtesting.fast.drawing import Drawn, FrameStore, draw_candles
from trading.backtesting.errors import BadTerms
from trading.backtesting.result import BacktestResult
from trading.backtesting.run import run_backtest
from trading.strategy_framework.loading.configuration import configured
from trading.strategy_framework.trades.markets.market import PairMarket

PAIR = "AAA/USDT"


def _run(strategy_class: type[Drawn], engine: str = "auto", **settings: Any) -> BacktestResult:
    store = FrameStore({PAIR: draw_candles(Random(1))})
    strategy = configured(strategy_class, {"max_open_trades": 1, "stake_amount": 100, **settings})
    return run_backtest(strategy, store, pairs=[PAIR], markets={PAIR: PairMarket(pair=PAIR)}, engine=engine)


def test_a_plain_strategy_runs_on_the_fast_engine() -> None:
    assert _run(Drawn).engine == "fast"
    assert _run(Drawn, "general").engine == "general"


class Asked(Drawn):
    def custom_exit(self, *args: Any, **kwargs: Any) -> None: ...


class Called(Drawn):
    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None: ...


class Stopped(Drawn):
    use_custom_stoploss = True

    def custom_stoploss(self, *args: Any, **kwargs: Any) -> float:
        return -0.1


class Adjusted(Drawn):
    position_adjustment_enable = True

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> None: ...


@pytest.mark.parametrize("strategy_class", [Asked, Called, Stopped, Adjusted])
def test_a_strategy_that_wants_every_candle_gets_it_by_itself(strategy_class: type[Drawn]) -> None:
    assert _run(strategy_class).engine == "general"


class Tightened(Drawn):
    def order_filled(self, *args: Any, **kwargs: Any) -> None:
        self.stoploss = -0.01


class Shortened(Drawn):
    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        self._take_less()
        return True

    def _take_less(self) -> None:
        self.minimal_roi[0] = 0.001  # type: ignore[index]


class Replaced(Drawn):
    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        setattr(self, "trailing_stop", True)  # noqa: B010
        return True


class Prepared(Drawn):
    def bot_start(self, **kwargs: Any) -> None:
        self.stoploss = -0.02

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> bool:
        return self.stoploss < 0


def test_settings_that_are_changed_before_the_run_hinder_nothing() -> None:
    assert _run(Prepared).engine == "fast"


@pytest.mark.parametrize("strategy_class", [Tightened, Shortened, Replaced])
def test_a_strategy_whose_callbacks_change_its_settings_is_asked_on_every_candle(
    strategy_class: type[Drawn],
) -> None:
    assert _run(strategy_class, minimal_roi={"0": 0.5}).engine == "general"


def test_the_fast_engine_says_why_it_refuses_a_strategy() -> None:
    with pytest.raises(
        BadTerms, match="Asked can't run on the fast engine: custom_exit is asked on every candle"
    ):
        _run(Asked, "fast")


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadTerms, match="there is no engine 'turbo'; choose auto, general, fast"):
        _run(Drawn, "turbo")
