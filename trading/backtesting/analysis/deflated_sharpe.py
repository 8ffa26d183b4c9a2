"""The deflated Sharpe ratio: how likely a Sharpe ratio is real after so many trials.

Bailey and López de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (5), 2014.
All Sharpe ratios in this module are per observation (per day), not annualised: the formulas need it.
"""

import math
from statistics import NormalDist

import msgspec
import numpy as np
import numpy.typing as npt

EULER_GAMMA = 0.5772156649015329
OBSERVATIONS_MIN = 10

_NORMAL = NormalDist()


class DeflatedSharpe(msgspec.Struct, frozen=True, kw_only=True):
    """What remains of a Sharpe ratio after its trials.

    `probability` that the true ratio is above zero, given that it is the best of `trials`:
    the deflated Sharpe ratio; below 0.95 the result is likely luck. `expected_by_luck` is the
    largest ratio (per observation) that `trials` strategies without any skill would show.
    """

    probability: float
    expected_by_luck: float
    sharpe: float
    trials: int
    observations: int


def probabilistic_sharpe(
    sharpe: float, *, benchmark: float, observations: int, skew: float, kurtosis: float
) -> float | None:
    """Return the probability that the true Sharpe ratio is above `benchmark`.

    `kurtosis` is 3 for the normal distribution. Nothing where the formula's variance is not positive,
    which only moments that no sample has can bring about.
    """
    variance = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if variance <= 0:
        return None
    return _NORMAL.cdf((sharpe - benchmark) * math.sqrt(observations - 1) / math.sqrt(variance))


def expected_maximum_sharpe(trials: int, variance: float) -> float:
    """Return the Sharpe ratio expected of the best of `trials` that have no skill.

    `variance` is that of the trials' Sharpe ratios.
    """
    if trials < 2:
        return 0.0
    first = _NORMAL.inv_cdf(1 - 1 / trials)
    second = _NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return math.sqrt(variance) * ((1 - EULER_GAMMA) * first + EULER_GAMMA * second)


def deflated_sharpe(
    returns: npt.NDArray[np.float64], *, trials: int = 1, variance: float | None = None
) -> DeflatedSharpe | None:
    """Deflate the Sharpe ratio of `returns`, the best of `trials`.

    `variance` is that of the trials' Sharpe ratios (per observation). Where it is not known, the
    sampling variance of a ratio of zero, 1 / (observations - 1), stands in: trials as different
    from each other as chance makes them. Nothing with fewer than 10 observations, or when they
    don't vary.
    """
    count = len(returns)
    spread = float(returns.std(ddof=1)) if count >= OBSERVATIONS_MIN else 0.0
    if spread <= 0:
        return None
    benchmark = expected_maximum_sharpe(trials, 1 / (count - 1) if variance is None else variance)
    sharpe = float(returns.mean()) / spread
    standardised = (returns - returns.mean()) / returns.std()
    probability = probabilistic_sharpe(
        sharpe,
        benchmark=benchmark,
        observations=count,
        skew=float((standardised**3).mean()),
        kurtosis=float((standardised**4).mean()),
    )
    if probability is None:
        return None
    return DeflatedSharpe(
        probability=probability,
        expected_by_luck=benchmark,
        sharpe=sharpe,
        trials=trials,
        observations=count,
    )
