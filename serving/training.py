"""Train a model on a series and judge it on the part that it has never seen."""

import msgspec

from market.clock import NS_PER_S, Clock
from serving.evaluation import Evaluation, evaluate
from serving.features import feature_hash
from serving.models._interface import Budget, Model
from serving.models.last_value import MODEL as BASELINE
from serving.series import BarSeries, data_hash
from serving.training_set import build_training_set, split_in_time


class Window(msgspec.Struct, frozen=True):
    """A span of time in nanoseconds UTC, both ends inclusive."""

    start: int
    end: int


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A trained model that nobody has judged yet, with what it was made from.

    `version` is the tag that it gets in the model store if it is promoted.
    """

    symbol: str
    model: str
    version: str
    content: bytes
    feature_hash: str
    data_hash: str
    seed: int
    trained: Window
    tested: Window
    training_seconds: float


def store_name(model: str, symbol: str) -> str:
    """Return the name under which the versions of a model for a symbol are kept, `lstm-btc-usdt`."""
    return f"{model}-{symbol}".lower().translate(str.maketrans("/:_", "---"))


def train_candidate(model: Model, symbol: str, series: BarSeries, budget: Budget, clock: Clock) -> Candidate:
    """Train on the first part of a series; the last part stays unseen for `evaluate_candidate`.

    Raises:
        serving.errors.NotEnoughHistory: the series is too short.
    """
    split = split_in_time(build_training_set(series, model.window))
    started_ns = clock.now_ns()
    content = model.train(split.train, split.validation, budget, clock)
    return Candidate(
        symbol=symbol,
        model=model.name,
        version=f"{store_name(model.name, symbol)}:{started_ns // NS_PER_S}",
        content=content,
        feature_hash=feature_hash(),
        data_hash=data_hash(series),
        seed=budget.seed,
        trained=Window(int(split.train.close_time[0]), int(split.validation.close_time[-1])),
        tested=Window(int(split.test.close_time[0]), int(split.test.close_time[-1])),
        training_seconds=(clock.now_ns() - started_ns) / 1e9,
    )


def evaluate_candidate(model: Model, candidate: Candidate, series: BarSeries) -> Evaluation:
    """Compare a candidate with the baseline on the held-out part of the series it came from."""
    assert candidate.data_hash == data_hash(series), "a candidate is judged on the series it came from"
    return evaluate_content(model, candidate.content, series, seed=candidate.seed)


def evaluate_content(model: Model, content: bytes, series: BarSeries, *, seed: int) -> Evaluation:
    """Compare a model's bytes with the baseline on the held-out part of a series.

    Raises:
        serving.errors.BadModelFile: the bytes do not fit this code.
    """
    test = split_in_time(build_training_set(series, model.window)).test
    predictions = model.load(content).predict(test.windows, test.volatility)
    baseline = BASELINE.load(b"").predict(test.windows, test.volatility)
    return evaluate(predictions, baseline, test, seed=seed)
