"""What every model promises. A new file in the folder is tested by being there."""

import numpy as np
import pytest

import serving.models
from market.clock import ManualClock
from market.plugins import discover
from serving.models._interface import Budget, Model
from serving.series import BAR_NS, BarSeries
from serving.training_set import Split, build_training_set, split_in_time

MODELS = discover(serving.models, "MODEL", Model)  # type: ignore[type-abstract]
BUDGET = Budget(epochs_max=1)


def split_for(model: Model) -> Split:
    random = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.001, 1500)))
    opened = np.concatenate([[100.0], close[:-1]])
    series = BarSeries(
        np.arange(1500, dtype=np.int64) * BAR_NS,
        opened,
        np.maximum(opened, close),
        np.minimum(opened, close),
        close,
        random.uniform(1, 5, 1500),
    )
    return split_in_time(build_training_set(series, model.window))


def test_a_module_is_named_as_its_model() -> None:
    assert {name: model.name for name, model in MODELS.items()} == {name: name for name in MODELS}
    assert serving.models.__doc__


@pytest.mark.parametrize("name", MODELS)
def test_a_trained_model_forecasts_every_sample_in_finite_numbers(name: str) -> None:
    model = MODELS[name]
    split = split_for(model)
    predictor = model.load(model.train(split.train, split.validation, BUDGET, ManualClock()))
    forecasts = predictor.predict(split.test.windows, split.test.volatility)
    for column in forecasts:
        assert column.shape == split.test.target.shape
        assert np.isfinite(column).all()
    assert ((forecasts.probability_up >= 0) & (forecasts.probability_up <= 1)).all()
    assert (forecasts.low <= forecasts.high).all()


@pytest.mark.parametrize("name", MODELS)
def test_the_same_seed_trains_the_same_model(name: str) -> None:
    model = MODELS[name]
    split = split_for(model)
    predictions = [
        model.load(model.train(split.train, split.validation, BUDGET, ManualClock())).predict(
            split.test.windows, split.test.volatility
        )
        for _ in range(2)
    ]
    np.testing.assert_allclose(predictions[0].predicted_return, predictions[1].predicted_return, rtol=1e-6)
