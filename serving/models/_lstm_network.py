"""The network of the LSTM and its training loop; imported only when torch is really needed."""

import io
from pickle import UnpicklingError
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from market.clock import NS_PER_S, Clock
from serving.errors import BadModelFile
from serving.features import FeatureArray, feature_hash
from serving.models._interface import Budget, Predictions
from serving.series import FloatArray
from serving.training_set import TrainingSet

BATCH = 256
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-3
PATIENCE = 4
"""Epochs without a better validation loss before training stops."""
LOW_QUANTILE, HIGH_QUANTILE = 0.1, 0.9


class Architecture(NamedTuple):
    """What is needed beside the weights to build the network again."""

    features: int
    hidden: int
    layers: int


class Network(nn.Module):
    """LSTM over standardised windows; four numbers from its last state.

    Targets are in units of horizon volatility. The outputs, shape (batch, 4), are: median return,
    logit of up, distance of the low and of the high quantile from the median (before softplus).
    """

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(architecture.features))
        self.register_buffer("scale", torch.ones(architecture.features))
        self.lstm = nn.LSTM(architecture.features, architecture.hidden, architecture.layers, batch_first=True)
        self.head = nn.Linear(architecture.hidden, 4)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Map (batch, window, feature) to (batch, 4)."""
        states, _ = self.lstm((windows - self.mean) / self.scale)
        outputs: torch.Tensor = self.head(states[:, -1])
        return outputs


class LstmPredictor:
    """A trained network, ready to answer on one thread."""

    def __init__(self, network: Network) -> None:
        self._network = network.eval()

    def predict(self, windows: FeatureArray, volatility: FloatArray) -> Predictions:
        """Forecast a batch; returns are scaled back by `volatility`."""
        torch.set_num_threads(1)
        with torch.inference_mode():
            chunks = [self._network(_tensor(windows[at : at + 1024])) for at in range(0, len(windows), 1024)]
            outputs = torch.cat(chunks).double()
            low, high = _quantiles(outputs)
            median, up = outputs[:, 0].numpy(), torch.sigmoid(outputs[:, 1]).numpy()
        return Predictions(median * volatility, up, low.numpy() * volatility, high.numpy() * volatility)


def train_network(
    architecture: Architecture, train: TrainingSet, validation: TrainingSet, budget: Budget, clock: Clock
) -> bytes:
    """Fit a network; return its best epoch by validation loss.

    The same data, budget and machine give the same bytes, unless the time bound cuts in.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)  # noqa: FBT003 - torch's own signature
    generator = torch.Generator().manual_seed(budget.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(budget.seed)
        network = Network(architecture)
    _standardise(network, train)
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    deadline_ns = clock.now_ns() + int(budget.seconds_max * NS_PER_S)
    best_loss, best_state, worse = np.inf, _state_of(network), 0
    for _ in range(budget.epochs_max):
        is_finished = _run_epoch(network, optimiser, train, generator, deadline_ns, clock)
        loss = _mean_loss(network, validation)
        if loss < best_loss:
            best_loss, best_state, worse = loss, _state_of(network), 0
        else:
            worse += 1
        if worse >= PATIENCE or not is_finished:
            break
    return _dump(architecture, best_state)


def load_network(content: bytes) -> LstmPredictor:
    """Read what `train_network` returned.

    Raises:
        BadModelFile: not such a file, or trained on other features than this code computes.
    """
    try:
        document: dict[str, Any] = torch.load(io.BytesIO(content), weights_only=True)
        found = document["feature_hash"]
        network = Network(Architecture(**document["architecture"]))
        network.load_state_dict(document["state"])
    except (UnpicklingError, RuntimeError, KeyError, TypeError, ValueError, EOFError, OSError) as error:
        raise BadModelFile(
            f"this is not an LSTM of Tidegate ({type(error).__name__}); train again"
        ) from error
    if found != feature_hash():
        raise BadModelFile(f"trained on features {found}, this code computes {feature_hash()}; train again")
    return LstmPredictor(network)


def _dump(architecture: Architecture, state: dict[str, torch.Tensor]) -> bytes:
    buffer = io.BytesIO()
    document = {"architecture": architecture._asdict(), "feature_hash": feature_hash(), "state": state}
    torch.save(document, buffer)
    return buffer.getvalue()


def _tensor(values: FeatureArray | FloatArray) -> torch.Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))


def _quantiles(outputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    low = outputs[:, 0] - functional.softplus(outputs[:, 2])
    high = outputs[:, 0] + functional.softplus(outputs[:, 3])
    return low, high


def _loss(outputs: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean of absolute error, log loss of the direction, and pinball loss of the band."""
    low, high = _quantiles(outputs)
    direction = functional.binary_cross_entropy_with_logits(outputs[:, 1], (target > 0).float())
    return (
        (outputs[:, 0] - target).abs().mean()
        + direction
        + _pinball(low, target, LOW_QUANTILE)
        + _pinball(high, target, HIGH_QUANTILE)
    )


def _pinball(quantile: torch.Tensor, target: torch.Tensor, level: float) -> torch.Tensor:
    error = target - quantile
    return torch.maximum(level * error, (level - 1) * error).mean()


def _scaled_target(samples: TrainingSet) -> torch.Tensor:
    return _tensor(np.clip(samples.target / samples.volatility, -8, 8))


def _standardise(network: Network, train: TrainingSet) -> None:
    newest = _tensor(train.windows[:, -1])
    network.mean = newest.mean(dim=0)
    network.scale = newest.std(dim=0).clamp_min(1e-3)


def _run_epoch(
    network: Network,
    optimiser: torch.optim.Optimizer,
    train: TrainingSet,
    generator: torch.Generator,
    deadline_ns: int,
    clock: Clock,
) -> bool:
    """Pass once over the shuffled samples; return whether the time sufficed."""
    network.train()
    target = _scaled_target(train)
    for batch in torch.split(torch.randperm(len(target), generator=generator), BATCH):
        if clock.now_ns() > deadline_ns:
            return False
        optimiser.zero_grad()
        loss = _loss(network(_tensor(train.windows[batch.numpy()])), target[batch])
        loss.backward()  # type: ignore[no-untyped-call]  # torch ships it untyped
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
    return True


def _mean_loss(network: Network, samples: TrainingSet) -> float:
    network.eval()
    with torch.inference_mode():
        return float(_loss(network(_tensor(samples.windows)), _scaled_target(samples)))


def _state_of(network: Network) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
