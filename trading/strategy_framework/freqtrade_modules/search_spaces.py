"""The search spaces that strategy files name for their own optimiser: what they say, as values.

They come from `freqtrade.optimize.space` and, in older files, from `skopt.space`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass
class Dimension:
    """One dimension of a search, under a name."""

    name: str


class Integer(Dimension):
    """Whole numbers from `low` to `high`, both inclusive."""

    def __init__(self, low: int, high: int, *_: Any, name: str = "", **__: Any) -> None:
        super().__init__(name)
        self.low = low
        self.high = high


class Real(Dimension):
    """Floats from `low` to `high`, both inclusive."""

    def __init__(self, low: float, high: float, *_: Any, name: str = "", **__: Any) -> None:
        super().__init__(name)
        self.low = low
        self.high = high


class SKDecimal(Real):
    """Floats of `decimals` places from `low` to `high`, both inclusive."""

    def __init__(
        self, low: float, high: float, *_: Any, decimals: int = 3, name: str = "", **__: Any
    ) -> None:
        super().__init__(low, high, name=name)
        self.decimals = decimals


class Categorical(Dimension):
    """One of `categories`."""

    def __init__(self, categories: Sequence[Any], *_: Any, name: str = "", **__: Any) -> None:
        super().__init__(name)
        self.categories = list(categories)


class IHyperOpt:
    """Base of a file's own optimiser settings."""


class IHyperOptLoss:
    """Base of a file's own loss function."""
