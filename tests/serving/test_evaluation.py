"""The judgement on a model, and the gate."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.evaluation import (
    Evaluation,
    Interval,
    block_bootstrap_interval,
    decide,
    evaluate,
    wilson_interval,
)
from serving.models._interface import Predictions
from serving.models.last_value import MODEL as BASELINE
from serving.training_set import TrainingSet, build_training_set
from tests.serving.builders import random_walk

SAMPLES = build_training_set(random_walk(2000), 1)


def evaluation_with(**changes: float) -> Evaluation:
    even = evaluate(baseline_of(SAMPLES), baseline_of(SAMPLES), SAMPLES)
    return msgspec.structs.replace(even, **changes)


def baseline_of(samples: TrainingSet) -> Predictions:
    return BASELINE.load(b"").predict(samples.windows, samples.volatility)


def seer(samples: TrainingSet, knowledge: float) -> Predictions:
    up = np.where(samples.target > 0, 0.5 + knowledge / 2, 0.5 - knowledge / 2)
    return baseline_of(samples)._replace(probability_up=up, predicted_return=samples.target * knowledge)


def test_the_baseline_is_not_worse_than_itself() -> None:
    evaluation = evaluation_with()
    assert evaluation.log_loss == pytest.approx(math.log(2))
    assert evaluation.log_loss_difference == Interval(0.0, 0.0)
    assert decide(evaluation).is_promotable


def test_a_model_that_knows_something_is_promoted() -> None:
    evaluation = evaluate(seer(SAMPLES, 0.3), baseline_of(SAMPLES), SAMPLES)
    assert evaluation.hit_rate == 1.0
    assert evaluation.log_loss_difference.high < 0
    assert evaluation.mae < evaluation.baseline_mae
    assert decide(evaluation).is_promotable


def test_a_model_that_is_wrong_is_refused_with_its_figures() -> None:
    evaluation = evaluate(seer(SAMPLES, -0.3), baseline_of(SAMPLES), SAMPLES)
    decision = decide(evaluation)
    assert not decision.is_promotable
    assert [reason.split(" ")[0] for reason in decision.reasons] == ["log", "mean"]
    assert f"{evaluation.log_loss:.5f}" in decision.reasons[0]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"log_loss": 0.6932}, "log loss"),
        ({"mae": 1.0}, "mean absolute error"),
        ({"log_loss": math.nan}, "log loss"),
        ({"mae": math.nan}, "mean absolute error"),
        ({"independent_samples": 29}, "independent samples"),
    ],
)
def test_the_gate_refuses_whatever_is_worse_unknown_or_too_little(
    changes: dict[str, float], word: str
) -> None:
    decision = decide(evaluation_with(**changes))
    assert not decision.is_promotable
    assert any(word in reason for reason in decision.reasons)


def test_a_newcomer_that_is_worse_than_the_champion_is_refused() -> None:
    evaluation = evaluate(seer(SAMPLES, 0.3), baseline_of(SAMPLES), SAMPLES)
    assert decide(evaluation, evaluation.log_loss).is_promotable
    (reason,) = decide(evaluation, evaluation.log_loss - 0.001).reasons
    assert "the champion's" in reason


def test_the_hit_rate_counts_targets_that_do_not_overlap() -> None:
    evaluation = evaluation_with()
    assert evaluation.samples == SAMPLES.target.size
    assert evaluation.independent_samples == math.ceil(SAMPLES.target.size / 15)


def test_the_baseline_band_holds_about_four_fifths() -> None:
    assert evaluation_with().baseline_coverage == pytest.approx(0.8, abs=0.06)


def test_wilson_interval_agrees_with_a_published_value() -> None:
    """R's `binom::binom.confint(15, 100, methods = "wilson")` gives 0.0930 to 0.2328."""
    assert wilson_interval(15, 100) == pytest.approx((0.0930, 0.2328), abs=1e-4)
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_rate_and_stays_in_bounds(counts: tuple[int, int]) -> None:
    hits, trials = counts
    low, high = wilson_interval(hits, trials)
    assert 0 <= low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= high <= 1


def test_block_bootstrap_is_wider_on_overlapping_values_than_on_independent_ones() -> None:
    noise = np.random.default_rng(1).normal(0, 1, 3000)
    overlapping = np.convolve(noise, np.ones(15) / 15, mode="valid") * 15**0.5
    plain, wide = block_bootstrap_interval(noise, seed=1), block_bootstrap_interval(overlapping, seed=1)
    assert wide.high - wide.low > 2 * (plain.high - plain.low)
    assert block_bootstrap_interval(noise[:50], seed=1) == (-math.inf, math.inf)


def test_without_any_move_nothing_is_promoted() -> None:
    still = SAMPLES._replace(target=np.zeros_like(SAMPLES.target))
    evaluation = evaluate(baseline_of(still), baseline_of(still), still)
    assert math.isnan(evaluation.hit_rate)
    assert not decide(evaluation).is_promotable
