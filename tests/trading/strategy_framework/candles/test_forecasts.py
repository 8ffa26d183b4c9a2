"""Forecasts beside the candles, as they were known then."""

import math

from hypothesis import given
from hypothesis import strategies as st

from tests.trading.strategy_framework.frames import MINUTE_NS, START_NS, candles
from trading.strategy_framework.candles.forecasts import PROBABILITY_UP, RETURN, KnownForecast, join_forecasts


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
