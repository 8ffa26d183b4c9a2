"""Bootstrap intervals and the deflated Sharpe ratio, against published numbers and known samples."""

import math

import numpy as np
import pytest

from trading.backtesting.analysis.bootstrap import annual_sharpe, block_bootstrap, mean
from trading.backtesting.analysis.deflated_sharpe import (
    deflated_sharpe,
    expected_maximum_sharpe,
    probabilistic_sharpe,
)


def test_the_example_of_the_paper_comes_out() -> None:
    """An annual ratio of 2.5 over 1,250 days, the best of 100 with variance 1/2 a year."""
    benchmark = expected_maximum_sharpe(100, 0.5 / 250)
    probability = probabilistic_sharpe(
        2.5 / math.sqrt(250), benchmark=benchmark, observations=1250, skew=-3, kurtosis=10
    )
    assert benchmark == pytest.approx(0.1132, abs=5e-5)
    assert probability == pytest.approx(0.9004, abs=5e-5)


def test_more_trials_leave_less_of_the_same_result() -> None:
    returns = np.random.default_rng(1).normal(0.001, 0.01, 500)
    left = [deflated_sharpe(returns, trials=trials) for trials in (1, 10, 1000)]
    probabilities = [found.probability for found in left if found is not None]
    assert len(probabilities) == 3
    assert probabilities == sorted(probabilities, reverse=True)
    assert probabilities[0] > 0.9
    assert probabilities[2] < 0.2


def test_the_best_of_many_without_skill_is_about_what_luck_expects() -> None:
    returns = np.random.default_rng(2).normal(0, 0.01, (2000, 400))
    ratios = returns.mean(axis=1) / returns.std(axis=1, ddof=1)
    best_of_100 = ratios.reshape(20, 100).max(axis=1).mean()
    assert expected_maximum_sharpe(100, 1 / 399) == pytest.approx(best_of_100, rel=0.08)


@pytest.mark.parametrize("returns", [np.zeros(100), np.arange(9.0)], ids=["constant", "nine days"])
def test_what_can_not_be_judged_is_none(returns: np.ndarray) -> None:
    assert deflated_sharpe(returns, trials=10) is None


def test_an_interval_covers_the_true_mean_about_95_times_in_100() -> None:
    random = np.random.default_rng(3)
    hits = 0
    for _ in range(200):
        found = block_bootstrap(random.normal(0.5, 1, 80), mean, seed=0, draws=400)
        assert found is not None
        hits += found.low <= 0.5 <= found.high
    assert 0.86 <= hits / 200 <= 0.99


def test_runs_of_luck_widen_the_interval() -> None:
    random = np.random.default_rng(4)
    independent = random.normal(0, 1, 1000)
    clustered = np.repeat(random.normal(0, 1, 100), 10)
    widths = []
    for sample in (independent, clustered):
        found = block_bootstrap(sample, mean, seed=0)
        assert found is not None
        widths.append(found.high - found.low)
    assert widths[1] > 1.8 * widths[0]


def test_the_same_seed_gives_the_same_interval() -> None:
    sample = np.random.default_rng(5).normal(0.1, 1, 300)
    assert block_bootstrap(sample, annual_sharpe, seed=7) == block_bootstrap(sample, annual_sharpe, seed=7)
    assert block_bootstrap(sample, annual_sharpe, seed=7) != block_bootstrap(sample, annual_sharpe, seed=8)


def test_too_few_trades_have_no_interval() -> None:
    assert block_bootstrap(np.ones(9), mean, seed=0) is None
    assert block_bootstrap(np.ones(50), annual_sharpe, seed=0) is None
