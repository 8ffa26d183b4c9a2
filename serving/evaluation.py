"""Judge a model out of sample against the baseline, and decide on its promotion.

Hit rate and its Wilson interval use every fifteenth sample only, so that no two targets overlap.
Losses use all samples; the interval of their difference from the baseline comes from a block
bootstrap, whose blocks are long enough to keep the overlap inside. Samples whose target is exactly
zero have no direction and do not count in hit rate, log loss and Brier score.
"""

import math
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from serving.models._interface import Predictions
from serving.series import FloatArray
from serving.training_set import HORIZON_BARS, TrainingSet

INDEPENDENT_SAMPLES_MIN = 30
"""Fewer directions than this say nothing about a hit rate: no promotion."""
BLOCK = 4 * HORIZON_BARS
BOOTSTRAPS = 1000
PROBABILITY_MARGIN = 1e-6
Z_95 = 1.959963984540054


class Interval(NamedTuple):
    """A 95 % interval, both ends inclusive."""

    low: float
    high: float


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """How a model and the baseline did on the same held-out samples.

    Losses are means (lower is better): `log_loss` in nats, `mae` as a simple return. A negative
    `log_loss_difference` favours the model. `coverage` is the share of returns inside the band.
    """

    samples: int
    independent_samples: int
    hit_rate: float
    hit_rate_interval: Interval
    log_loss: float
    baseline_log_loss: float
    log_loss_difference: Interval
    brier: float
    baseline_brier: float
    mae: float
    baseline_mae: float
    mae_difference: Interval
    coverage: float
    baseline_coverage: float


class Decision(msgspec.Struct, frozen=True):
    """Whether a model may answer, and every reason why not."""

    is_promotable: bool
    reasons: tuple[str, ...]


def evaluate(
    predictions: Predictions, baseline: Predictions, samples: TrainingSet, *, seed: int = 7
) -> Evaluation:
    """Compare a model's predictions with the baseline's on held-out samples."""
    target = samples.target
    moved = target != 0
    up = (target > 0).astype(np.float64)
    log_loss = _log_loss(predictions.probability_up, up)[moved]
    baseline_log_loss = _log_loss(baseline.probability_up, up)[moved]
    error = np.abs(predictions.predicted_return - target)
    baseline_error = np.abs(baseline.predicted_return - target)
    apart = np.flatnonzero(moved)
    apart = apart[apart % HORIZON_BARS == 0]
    hits = int(np.sum((predictions.probability_up[apart] > 0.5) == (up[apart] == 1)))
    return Evaluation(
        samples=int(target.size),
        independent_samples=int(apart.size),
        hit_rate=hits / apart.size if apart.size else math.nan,
        hit_rate_interval=wilson_interval(hits, int(apart.size)),
        log_loss=_mean(log_loss),
        baseline_log_loss=_mean(baseline_log_loss),
        log_loss_difference=block_bootstrap_interval(log_loss - baseline_log_loss, seed=seed),
        brier=_mean(np.square(predictions.probability_up - up)[moved]),
        baseline_brier=_mean(np.square(baseline.probability_up - up)[moved]),
        mae=_mean(error),
        baseline_mae=_mean(baseline_error),
        mae_difference=block_bootstrap_interval(error - baseline_error, seed=seed),
        coverage=_coverage(predictions, target),
        baseline_coverage=_coverage(baseline, target),
    )


def decide(evaluation: Evaluation, champion_log_loss: float | None = None) -> Decision:
    """Promote only what is not worse than the baseline on both held-out losses.

    `champion_log_loss` is that of the model which answers now, on the same samples, where it has
    not seen them either; then the newcomer may not be worse than it.
    """
    reasons = []
    if evaluation.independent_samples < INDEPENDENT_SAMPLES_MIN:
        reasons.append(
            f"only {evaluation.independent_samples} independent samples, {INDEPENDENT_SAMPLES_MIN} are needed"
        )
    # Written so that a NaN refuses.
    if not evaluation.log_loss <= evaluation.baseline_log_loss:
        reasons.append(
            f"log loss {evaluation.log_loss:.5f} is above the baseline's {evaluation.baseline_log_loss:.5f}"
        )
    if not evaluation.mae <= evaluation.baseline_mae:
        reasons.append(
            f"mean absolute error {evaluation.mae:.3e} is above the baseline's {evaluation.baseline_mae:.3e}"
        )
    if champion_log_loss is not None and not evaluation.log_loss <= champion_log_loss:
        reasons.append(f"log loss {evaluation.log_loss:.5f} is above the champion's {champion_log_loss:.5f}")
    return Decision(not reasons, tuple(reasons))


def wilson_interval(hits: int, trials: int) -> Interval:
    """Return Wilson's 95 % score interval of a proportion (Wilson 1927); 0 to 1 without trials."""
    if not trials:
        return Interval(0.0, 1.0)
    rate = hits / trials
    weight = Z_95**2 / trials
    centre = (rate + weight / 2) / (1 + weight)
    half = Z_95 * math.sqrt(rate * (1 - rate) / trials + weight / (4 * trials)) / (1 + weight)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def block_bootstrap_interval(values: FloatArray, *, seed: int) -> Interval:
    """Return the 95 % interval of the mean by a moving-block bootstrap (Künsch 1989)."""
    if values.size < 2 * BLOCK:
        return Interval(-math.inf, math.inf)
    sums = np.convolve(values, np.ones(BLOCK), mode="valid")
    blocks = math.ceil(values.size / BLOCK)
    picks = np.random.default_rng(seed).integers(0, sums.size, size=(BOOTSTRAPS, blocks))
    means = sums[picks].mean(axis=1) / BLOCK
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(low), float(high))


def _log_loss(probability: FloatArray, up: npt.NDArray[np.float64]) -> FloatArray:
    certain = np.clip(probability, PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN)
    loss: FloatArray = -(up * np.log(certain) + (1 - up) * np.log(1 - certain))
    return loss


def _coverage(predictions: Predictions, target: FloatArray) -> float:
    return _mean(((predictions.low <= target) & (target <= predictions.high)).astype(np.float64))


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else math.nan
