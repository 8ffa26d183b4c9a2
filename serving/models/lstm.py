"""A small LSTM: one layer of 32 over the last 48 minutes of features."""

from market.clock import Clock
from serving.features import FEATURE_NAMES
from serving.models._interface import Budget, Model, Predictor
from serving.training_set import TrainingSet

HIDDEN = 32
LAYERS = 1


class Lstm(Model):
    """Median return, odds of a rise and an 80 % band, learnt from windows of features.

    torch is imported inside the methods: a process that only lists models stays small.
    """

    name = "lstm"
    window = 48

    def train(self, train: TrainingSet, validation: TrainingSet, budget: Budget, clock: Clock) -> bytes:
        """Fit on one thread, deterministically; early stopping on the validation loss."""
        from serving.models._lstm_network import Architecture, train_network  # noqa: PLC0415 - see the class

        architecture = Architecture(len(FEATURE_NAMES), HIDDEN, LAYERS)
        return train_network(architecture, train, validation, budget, clock)

    def load(self, content: bytes) -> Predictor:
        """Build the network from its saved weights and architecture."""
        from serving.models._lstm_network import load_network  # noqa: PLC0415 - see the class

        return load_network(content)


MODEL = Lstm()
