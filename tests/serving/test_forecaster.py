"""Which model answers, on which bars, and when nobody does."""

import numpy as np
import pytest

from market.clock import NS_PER_S, ManualClock
from serving.bar_store import NewestBars
from serving.features import LOOKBACK, FeatureArray
from serving.forecaster import BASELINE_VERSION, Champion, Forecast, Forecaster, Refusal
from serving.models._interface import Predictions
from serving.models.lstm import MODEL
from serving.series import BAR_NS, BarSeries, FloatArray
from tests.serving.builders import random_walk, without

SYMBOL = "BTC/USDT"


class Bars:
    """A table of bars of one symbol, in memory."""

    def __init__(self, series: BarSeries) -> None:
        self.series = series
        self.reads = 0

    def newest_open_time(self, symbol: str) -> int | None:
        return int(self.series.open_time[-1]) if symbol == SYMBOL and self.series.open_time.size else None

    def newest(self, symbol: str, bars_needed: int, bars_max: int) -> NewestBars | None:
        self.reads += 1
        size = self.series.open_time.size
        return NewestBars("binance", self.series.between(max(size - bars_max, 0), size), "101.50")


class Certain:
    """A predictor that always expects the same."""

    def predict(self, windows: FeatureArray, volatility: FloatArray) -> Predictions:
        assert windows.shape[1] == MODEL.window
        one = np.ones(1)
        return Predictions(one * 0.01, one * 0.75, one * -0.005, one * 0.02)


CHAMPION = Champion(MODEL, Certain(), "lstm-btc-usdt:1")


def forecaster_on(series: BarSeries, *, age_s: int = 10) -> tuple[Forecaster, Bars]:
    bars = Bars(series)
    clock = ManualClock(int(series.open_time[-1]) + BAR_NS + age_s * NS_PER_S if series.open_time.size else 0)
    return Forecaster(bars, (SYMBOL, "ETH/USDT"), clock, 300), bars


def forecast_of(forecaster: Forecaster) -> Forecast:
    answer = forecaster.forecast(SYMBOL)
    assert isinstance(answer, Forecast)
    return answer


def test_the_baseline_answers_with_its_version_until_a_model_is_promoted() -> None:
    forecaster, _ = forecaster_on(random_walk(200))
    answer = forecast_of(forecaster)
    assert (answer.model, answer.model_version) == ("last_value", BASELINE_VERSION)
    assert (answer.predicted_return, answer.probability_up) == (0.0, 0.5)
    assert answer.low == -answer.high
    assert answer.bar_close_time == random_walk(200).open_time[-1] + BAR_NS
    assert answer.last_price == "101.50"
    forecaster.crown(SYMBOL, CHAMPION)
    assert forecast_of(forecaster).model_version == "lstm-btc-usdt:1"
    assert forecaster.versions == {SYMBOL: "lstm-btc-usdt:1", "ETH/USDT": BASELINE_VERSION}


def test_a_bar_is_forecast_once() -> None:
    forecaster, bars = forecaster_on(random_walk(200))
    assert forecaster.forecast(SYMBOL) is forecaster.forecast(SYMBOL)
    assert bars.reads == 1


def test_the_baseline_answers_where_a_champion_has_too_few_bars() -> None:
    forecaster, _ = forecaster_on(random_walk(LOOKBACK + 1))
    forecaster.crown(SYMBOL, CHAMPION)
    assert forecast_of(forecaster).model == "last_value"


def test_missing_minutes_cost_no_forecast_and_a_hole_does() -> None:
    forecaster, _ = forecaster_on(without(random_walk(200), 150, 153))
    forecaster.crown(SYMBOL, CHAMPION)
    assert forecast_of(forecaster).model == "lstm"
    holed, _ = forecaster_on(without(random_walk(200), 150, 160))
    refusal = holed.forecast(SYMBOL)
    assert isinstance(refusal, Refusal)
    assert refusal.detail.startswith("BTC/USDT has 40 one-minute bars in a row, a forecast needs 61")


@pytest.mark.parametrize(
    ("symbol", "bars", "age_s", "status", "code"),
    [
        ("ABC/USDT", 200, 10, 404, "forecast.unknown_symbol"),
        ("ETH/USDT", 200, 10, 503, "forecast.no_bars"),
        (SYMBOL, LOOKBACK, 10, 503, "forecast.too_few_bars"),
        (SYMBOL, 200, 301, 503, "forecast.stale_bars"),
    ],
)
def test_a_forecast_that_cant_be_given_says_why(
    symbol: str, bars: int, age_s: int, status: int, code: str
) -> None:
    forecaster, _ = forecaster_on(random_walk(bars), age_s=age_s)
    refusal = forecaster.forecast(symbol)
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.code) == (status, code)
