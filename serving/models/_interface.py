"""What every model file exposes: a `MODEL` that trains to bytes and loads to a predictor."""

from abc import ABC, abstractmethod
from typing import NamedTuple, Protocol

from market.clock import Clock
from serving.features import FeatureArray
from serving.series import FloatArray
from serving.training_set import TrainingSet

BAND_COVERAGE = 0.8
"""Share of the returns that a forecast's band is meant to hold."""


class Predictions(NamedTuple):
    """Forecasts of a batch; float64 arrays of shape (batch,).

    `low` and `high` bound the 80 % band of the simple return over the horizon.
    """

    predicted_return: FloatArray
    probability_up: FloatArray
    low: FloatArray
    high: FloatArray


class Predictor(Protocol):
    """A trained model in memory."""

    def predict(self, windows: FeatureArray, volatility: FloatArray) -> Predictions:
        """Forecast from `windows` (batch, window, feature) and horizon volatility (batch,)."""
        ...


class Budget(NamedTuple):
    """Bounds of one training. The seed decides all randomness; the time bound is a safety stop."""

    epochs_max: int = 20
    seconds_max: float = 25.0
    seed: int = 7


class Model(ABC):
    """A kind of model. `window` is how many feature rows one forecast looks at."""

    name: str
    window: int

    @abstractmethod
    def train(self, train: TrainingSet, validation: TrainingSet, budget: Budget, clock: Clock) -> bytes:
        """Learn from `train`, stop by `validation`, and return the model as bytes."""

    @abstractmethod
    def load(self, content: bytes) -> Predictor:
        """Make a predictor of what `train` returned.

        Raises:
            serving.errors.BadModelFile: the bytes do not fit this model or these features.
        """
