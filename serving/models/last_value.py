"""The baseline: the price stays where it is, and moves as it has moved in the last hour.

Every other model has to be at least this good before it may answer.
"""

import numpy as np

from market.clock import Clock
from serving.features import FeatureArray
from serving.models._interface import Budget, Model, Predictions, Predictor
from serving.series import FloatArray
from serving.training_set import TrainingSet

Z_80 = 1.2815515655446004
"""The 90 % quantile of the normal distribution: an 80 % band lies between minus and plus this."""


class _LastValuePredictor:
    def predict(self, windows: FeatureArray, volatility: FloatArray) -> Predictions:
        """Forecast no move, even odds, and a band from trailing volatility."""
        assert windows.shape[0] == volatility.shape[0]
        band = Z_80 * volatility
        return Predictions(np.zeros_like(band), np.full_like(band, 0.5), -band, band)


class LastValue(Model):
    """Predict a return of zero. There is nothing to learn, so its file is empty."""

    name = "last_value"
    window = 1

    def train(self, train: TrainingSet, validation: TrainingSet, budget: Budget, clock: Clock) -> bytes:  # noqa: ARG002 - nothing to learn
        """Return no bytes: there is nothing to learn."""
        return b""

    def load(self, content: bytes) -> Predictor:
        """Return the one predictor there is."""
        assert not content
        return _LastValuePredictor()


MODEL = LastValue()
