"""Decisions at a candle's close, and forecasts as they were known then."""

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trading.strategy_framework.frames import MINUTE_NS, START_NS, candles
from trading.strategy_framework import IStrategy
from trading.strategy_framework.errors import StrategyFailed
from trading.strategy_framework.forecasts import PROBABILITY_UP, RETURN, KnownForecast, join_forecasts
from trading.strategy_framework.signals import (
    HOLD,
    Action,
    Decision,
    OpenPosition,
    Row,
    analyze,
    decide,
    profit_ratio,
    roi_at,
)


class Always(IStrategy):
    stoploss = -0.1
    minimal_roi = {"0": 0.2, "10": 0.05}  # noqa: RUF012

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe

    populate_exit_trend = populate_entry_trend


def row(*, close: float = 100, enter: bool = False, leave: bool = False) -> Row:
    return Row(close=close, enter_long=enter, exit_long=leave)


def held(entry_price: float = 100, *, minutes: float = 1) -> OpenPosition:
    return OpenPosition(entry_price=entry_price, held_minutes=minutes)


def test_an_entry_needs_a_signal_and_no_position() -> None:
    assert decide(Always(), row(enter=True), None, fee=0) == Decision(Action.ENTER, "enter_signal")
    assert decide(Always(), row(), None, fee=0) == HOLD
    assert decide(Always(), row(enter=True), held(), fee=0) == HOLD


def test_an_exit_signal_comes_before_the_stop() -> None:
    assert decide(Always(), row(close=50, leave=True), held(), fee=0).reason == "exit_signal"
    assert decide(Always(), row(close=50), held(), fee=0).reason == "stop_loss"


def test_the_wanted_return_shrinks_with_time() -> None:
    assert decide(Always(), row(close=106), held(minutes=9), fee=0) == HOLD
    assert decide(Always(), row(close=106), held(minutes=10), fee=0).reason == "roi"
    assert decide(Always(), row(close=105.1), held(minutes=10), fee=0.001) == HOLD


def test_exit_profit_only_keeps_a_losing_position() -> None:
    strategy = Always()
    strategy.exit_profit_only = True
    assert decide(strategy, row(close=99, leave=True), held(), fee=0) == HOLD
    assert decide(strategy, row(close=101, leave=True), held(), fee=0).reason == "exit_signal"


def test_roi_is_that_of_the_largest_key_reached() -> None:
    assert roi_at({"0": 0.1, "30": 0.02, "5": 0.05}, 29) == 0.05
    assert roi_at({"5": 0.05}, 4) is None
    assert roi_at({}, 4) is None


def test_a_round_trip_at_one_price_loses_both_fees() -> None:
    assert profit_ratio(100, 100, fee=0.001) == pytest.approx(-0.001998, abs=1e-6)


class Broken(Always):
    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> Any:
        return self._answer(dataframe)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: None, "must return the dataframe; it returned NoneType"),
        (lambda frame: frame.iloc[:-1], "came back with 2 rows instead of 3"),
        (lambda frame: frame.assign(close=0.0), "another last candle"),
        (lambda frame: frame["nothing"], "raised KeyError: 'nothing'"),
    ],
)
def test_a_strategy_that_breaks_its_contract_is_told_how(answer: Any, said: str) -> None:
    with pytest.raises(StrategyFailed, match=said):
        analyze(Broken(answer), candles([1, 2, 3]), "BTC/USDT")


def test_the_strategy_gets_a_copy_of_the_candles() -> None:
    frame = candles([1, 2, 3])
    analyze(Broken(lambda own: own.assign(volume=9.0)), frame, "BTC/USDT")
    assert list(frame["volume"]) == [1.0, 1.0, 1.0]


def forecast(minute: int, value: float, *, horizon_s: int = 900) -> KnownForecast:
    return KnownForecast(
        bar_close_ns=START_NS + minute * MINUTE_NS,
        horizon_s=horizon_s,
        predicted_return=value,
        probability_up=0.6,
    )


def test_a_candle_sees_only_forecasts_known_when_it_closed() -> None:
    joined = join_forecasts(candles([1, 1, 1, 1]), "1m", [forecast(4, 0.4), forecast(2, 0.2)])
    assert list(joined[RETURN].fillna(-1)) == [-1, 0.2, 0.2, 0.4]
    assert math.isnan(joined[PROBABILITY_UP].iloc[0])


def test_a_forecast_ends_with_its_horizon() -> None:
    joined = join_forecasts(candles([1, 1, 1, 1]), "1m", [forecast(1, 0.2, horizon_s=120)])
    assert list(joined[RETURN].fillna(-1)) == [0.2, 0.2, -1, -1]


@given(st.lists(st.integers(0, 20), max_size=8), st.integers(1, 19))
def test_later_forecasts_change_no_earlier_candle(minutes: list[int], cut: int) -> None:
    frame = candles([1.0] * 20)
    known = [forecast(minute, minute / 100) for minute in set(minutes)]
    early = [one for one in known if one.bar_close_ns <= START_NS + cut * MINUTE_NS]
    whole = join_forecasts(frame, "1m", known)[RETURN].iloc[:cut]
    assert whole.equals(join_forecasts(frame, "1m", early)[RETURN].iloc[:cut])
