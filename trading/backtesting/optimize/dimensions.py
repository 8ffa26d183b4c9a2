"""What an optimiser may move: one dimension a parameter, asked of a trial under its name."""

from typing import Any, Literal

import msgspec
from optuna.trial import BaseTrial

from trading.backtesting.optimize.errors import BadSpace
from trading.strategy_framework.freqtrade_modules.search_spaces import Categorical, Integer, Real, SKDecimal
from trading.strategy_framework.freqtrade_modules.search_spaces import Dimension as Declared
from trading.strategy_framework.parameters.kinds import (
    BaseParameter,
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    NumericParameter,
)

_STORABLE = (bool, int, float, str, type(None))


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """A value to choose: whole numbers, floats of `decimals` places (None: any), or one of `choices`.

    `low` and `high` are inclusive.
    """

    name: str
    space: str
    kind: Literal["int", "float", "choice"]
    low: float = 0
    high: float = 0
    decimals: int | None = None
    choices: tuple[Any, ...] = ()

    def ask(self, trial: BaseTrial) -> Any:
        """Return the trial's value."""
        if self.kind == "int":
            return trial.suggest_int(self.name, int(self.low), int(self.high))
        if self.kind == "float":
            step = None if self.decimals is None else 10.0**-self.decimals
            value = trial.suggest_float(self.name, self.low, self.high, step=step)
            return value if self.decimals is None else round(value, self.decimals)
        if all(isinstance(choice, _STORABLE) for choice in self.choices):
            return trial.suggest_categorical(self.name, list(self.choices))
        # A database stores plain values only: the others go by their text.
        by_text = {repr(choice): choice for choice in self.choices}
        return by_text[trial.suggest_categorical(self.name, list(by_text))]


def dimension_of(name: str, space: str, parameter: BaseParameter) -> Dimension:
    """Return the dimension of a strategy's parameter.

    Raises:
        BadSpace: its lowest value is above its highest.
    """
    if isinstance(parameter, CategoricalParameter):
        return Dimension(name=name, space=space, kind="choice", choices=tuple(parameter.opt_range))
    if not isinstance(parameter, NumericParameter):
        raise BadSpace(f"the parameter {name} is a {type(parameter).__name__}, which can't be moved")
    decimals = parameter.decimals if isinstance(parameter, DecimalParameter) else None
    kind: Literal["int", "float"] = "int" if isinstance(parameter, IntParameter) else "float"
    return _number(name, space, kind, parameter.low, parameter.high, decimals)


def dimension_of_declared(space: str, declared: Declared) -> Dimension:
    """Return the dimension that a strategy's own `HyperOpt` class declares.

    Raises:
        BadSpace: it has no name, or is of an unknown kind.
    """
    if not declared.name:
        raise BadSpace(f"HyperOpt: a dimension of the space {space} has no name; give it name='…'")
    if isinstance(declared, Categorical):
        return Dimension(name=declared.name, space=space, kind="choice", choices=tuple(declared.categories))
    if isinstance(declared, Integer):
        return _number(declared.name, space, "int", declared.low, declared.high, None)
    if isinstance(declared, Real):
        decimals = declared.decimals if isinstance(declared, SKDecimal) else None
        return _number(declared.name, space, "float", declared.low, declared.high, decimals)
    raise BadSpace(f"HyperOpt: {declared.name} is a {type(declared).__name__}, which is not known here")


def _number(
    name: str, space: str, kind: Literal["int", "float"], low: float, high: float, decimals: int | None
) -> Dimension:
    if decimals is not None:
        low, high = round(low, decimals), round(high, decimals)
    if low > high:
        raise BadSpace(f"{name}: its lowest value {low} is above its highest {high}")
    return Dimension(name=name, space=space, kind=kind, low=low, high=high, decimals=decimals)
