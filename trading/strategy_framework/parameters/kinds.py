"""Parameters that a strategy's author lets an optimiser move, and reads through `.value`.

A parameter is declared on the class; each strategy object gets its own copy (see
`values`), so that two objects of a class can hold different values.
"""

from abc import ABC
from collections.abc import Sequence
from typing import Any

from trading.strategy_framework.errors import StrategyError

__all__ = [
    "BaseParameter",
    "BooleanParameter",
    "CategoricalParameter",
    "DecimalParameter",
    "IntParameter",
    "NumericParameter",
    "RealParameter",
]


class BaseParameter(ABC):  # noqa: B024  # strategies ask isinstance(parameter, ABC)
    """A named value in a space such as `buy` or `sell`.

    `optimize` lets an optimiser move it, `load` lets stored values replace the default. While an
    optimiser computes indicators it sets `in_space`, and `range` holds every candidate.
    """

    def __init__(
        self,
        *,
        default: Any,
        space: str | None = None,
        optimize: bool = True,
        load: bool = True,
        **kwargs: Any,
    ) -> None:
        if "name" in kwargs:
            raise StrategyError("a parameter has the name of its attribute; leave out name=")
        self.name = ""
        self.space = space
        self.optimize = optimize
        self.load = load
        self.in_space = False
        self.default = default
        self.value = default

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value})"

    @property
    def value(self) -> Any:
        """The present value."""
        return self._value

    @value.setter
    def value(self, new: Any) -> None:
        self._value = new

    def can_optimize(self) -> bool:
        """Whether `range` holds every candidate now."""
        return self.in_space and self.optimize


class NumericParameter(BaseParameter):
    """A number from `low` to `high`, both inclusive; they may come as one pair."""

    def __init__(
        self,
        low: float | Sequence[float],
        high: float | None = None,
        *,
        default: float,
        **kwargs: Any,
    ) -> None:
        kind = type(self).__name__
        if isinstance(low, Sequence):
            if high is not None or len(low) != 2:
                raise StrategyError(f"{kind} space must be low, high or [low, high], not {low!r}")
            low, high = low
        if high is None:
            raise StrategyError(f"{kind} space must be low, high or [low, high]")
        self.low = low
        self.high = high
        super().__init__(default=default, **kwargs)


class IntParameter(NumericParameter):
    """A whole number."""

    @property
    def range(self) -> range:
        """The candidates while optimising, else the value alone."""
        if self.can_optimize():
            return range(int(self.low), int(self.high) + 1)
        return range(self.value, self.value + 1)


class RealParameter(NumericParameter):
    """A float of any precision."""


class DecimalParameter(NumericParameter):
    """A float of `decimals` places."""

    def __init__(
        self,
        low: float | Sequence[float],
        high: float | None = None,
        *,
        default: float,
        decimals: int = 3,
        **kwargs: Any,
    ) -> None:
        self.decimals = decimals
        super().__init__(low, high, default=round(default, decimals), **kwargs)

    @property
    def value(self) -> float:
        """The present value, rounded."""
        value: float = self._value
        return value

    @value.setter
    def value(self, new: float) -> None:
        self._value = round(new, self.decimals)

    @property
    def range(self) -> list[float]:
        """The candidates while optimising, else the value alone."""
        if not self.can_optimize():
            return [self.value]
        scale = 10**self.decimals
        steps = range(int(self.low * scale), int(self.high * scale) + 1)
        return [round(step * pow(0.1, self.decimals), self.decimals) for step in steps]


class CategoricalParameter(BaseParameter):
    """One of several values."""

    def __init__(self, categories: Sequence[Any], *, default: Any = None, **kwargs: Any) -> None:
        if len(categories) < 2:
            raise StrategyError(f"{type(self).__name__} needs at least two values, not {categories!r}")
        self.opt_range = categories
        super().__init__(default=default, **kwargs)

    @property
    def range(self) -> Sequence[Any]:
        """The candidates while optimising, else the value alone."""
        return self.opt_range if self.can_optimize() else [self.value]


class BooleanParameter(CategoricalParameter):
    """Yes or no."""

    def __init__(self, *, default: Any = None, **kwargs: Any) -> None:
        super().__init__([True, False], default=default, **kwargs)
