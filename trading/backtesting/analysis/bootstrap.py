"""Bootstrap intervals: how far a figure could have come out otherwise with the same behaviour.

Circular block bootstrap (Politis and Romano, 1992): whole blocks of neighbouring observations are
drawn, so that runs of luck stay together. The block is the cube root of the sample's length, the
rate of growth that is optimal for variances.
"""

import math
from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt

OBSERVATIONS_MIN = 10
DRAWS = 2_000
_CELLS_MAX = 4_000_000

Floats = npt.NDArray[np.float64]


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its 95 % percentile interval, and the share of draws that were above zero."""

    value: float
    low: float
    high: float
    positive_share: float
    observations: int
    block: int


def block_bootstrap(
    sample: Floats, statistic: Callable[[Floats], Floats], *, seed: int, draws: int = DRAWS
) -> Interval | None:
    """Return the interval of `statistic` over `sample`; nothing with fewer than 10 observations.

    `statistic` maps an array (draw, observation) to one figure a draw. Draws whose figure is not
    finite are left out.
    """
    count = len(sample)
    if count < OBSERVATIONS_MIN:
        return None
    value = float(statistic(sample[None, :])[0])
    if not math.isfinite(value):
        return None
    block = max(1, round(count ** (1 / 3)))
    figures = _draw(sample, statistic, block=block, draws=draws, random=np.random.default_rng(seed))
    low, high = np.quantile(figures, [0.025, 0.975])
    return Interval(
        value=value,
        low=float(low),
        high=float(high),
        positive_share=float((figures > 0).mean()),
        observations=count,
        block=block,
    )


def mean(samples: Floats) -> Floats:
    """Return the mean of each draw."""
    result: Floats = samples.mean(axis=1)
    return result


def annual_sharpe(samples: Floats) -> Floats:
    """Return the Sharpe ratio of each draw of daily returns, annualised; NaN where nothing varies."""
    spread = samples.std(axis=1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Floats = np.where(spread > 0, samples.mean(axis=1) / spread, np.nan) * math.sqrt(365)
    return ratio


def _draw(
    sample: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    block: int,
    draws: int,
    random: np.random.Generator,
) -> Floats:
    count = len(sample)
    blocks = math.ceil(count / block)
    batch = max(1, _CELLS_MAX // count)
    offsets = np.arange(block)
    parts = []
    for first in range(0, draws, batch):
        starts = random.integers(0, count, size=(min(batch, draws - first), blocks, 1))
        places = ((starts + offsets) % count).reshape(len(starts), -1)[:, :count]
        parts.append(statistic(sample[places]))
    figures = np.concatenate(parts)
    finite: Floats = figures[np.isfinite(figures)]
    return finite if len(finite) else np.zeros(1)
