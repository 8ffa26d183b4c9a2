"""Where the values of a strategy's parameters come from.

`<strategy>.json` beside the file beats the class's dicts (`buy_params`, `sell_params`, …), which beat
the defaults. The same file may hold the tables that an optimiser finds: roi, stoploss, trailing and
max_open_trades; those beat the class, and the configuration beats them.
"""

import copy
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trading.strategy_framework.errors import StrategyError, StrategyLoadFailed
from trading.strategy_framework.parameters.kinds import BaseParameter

_GUESSED_SPACES = ("buy", "sell", "enter", "exit", "protection")
_TRAILING = {
    "trailing_stop": False,
    "trailing_stop_positive": None,
    "trailing_stop_positive_offset": 0.0,
    "trailing_only_offset_is_reached": False,
}


def read_file_parameters(strategy_class: type) -> dict[str, Any]:
    """Return what `<strategy>.json` beside the class's file says, nothing where there is no file.

    Raises:
        StrategyLoadFailed: it is not JSON, or belongs to another strategy.
    """
    source = getattr(strategy_class, "__file__", "")
    path = Path(source).with_suffix(".json") if source else None
    if path is None or not path.is_file():
        return {}
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StrategyLoadFailed(path, f"is no file of parameters: {error}") from error
    owner = document.get("strategy_name") if isinstance(document, dict) else None
    if owner != strategy_class.__name__:
        raise StrategyLoadFailed(
            path, f"holds parameters of {owner!r}, not of {strategy_class.__name__}; move one of them away"
        )
    parameters: dict[str, Any] = document.get("params", {})
    return parameters


def apply_tables(strategy: Any, values: dict[str, Any]) -> None:
    """Set the tables of a file of parameters (roi, stoploss, trailing, max_open_trades)."""
    if not values:
        return
    strategy.minimal_roi = values.get("roi", getattr(strategy, "minimal_roi", {}))
    for name, default in (("stoploss", -0.1), ("max_open_trades", -1)):
        setattr(strategy, name, values.get(name, {}).get(name, getattr(strategy, name, default)))
    for name, missing in _TRAILING.items():
        value = values.get("trailing", {}).get(name, getattr(strategy, name, missing))
        setattr(strategy, name, value)


def own_parameters(strategy: Any) -> None:
    """Give the object its own copy of each parameter that its class declares."""
    copies: dict[int, BaseParameter] = {}  # two names of one parameter stay one
    for name, declared in _declared(strategy):
        if name not in vars(strategy):
            setattr(strategy, name, copies.setdefault(id(declared), copy.copy(declared)))


def load_values(strategy: Any, values: dict[str, Any]) -> None:
    """Set each parameter of the object to the value that counts.

    Raises:
        StrategyError: a parameter's space can't be known.
    """
    own_parameters(strategy)
    for name, parameter in _declared(strategy):
        parameter.name = name
        parameter.space = parameter.space or _guessed_space(name)
        stored = {**getattr(strategy, f"{parameter.space}_params", {}), **values.get(parameter.space, {})}
        if name in stored and parameter.load:
            parameter.value = stored[name]


def parameters_of(strategy: Any, space: str | None = None) -> Iterator[tuple[str, BaseParameter]]:
    """Yield the parameters of an object or a class by name, those of one space where it is given."""
    for name, parameter in _declared(strategy):
        if space is None or (parameter.space or _guessed_space(name)) == space:
            yield name, parameter


def _declared(strategy: Any) -> list[tuple[str, BaseParameter]]:
    """Return the parameters by name without running the strategy's properties."""
    found = [(name, inspect.getattr_static(strategy, name)) for name in dir(strategy)]
    return [(name, value) for name, value in found if isinstance(value, BaseParameter)]


def _guessed_space(name: str) -> str:
    for space in _GUESSED_SPACES:
        if name.startswith(f"{space}_"):
            return space
    raise StrategyError(
        f"the space of the parameter {name} is not known: give it space='buy', or let its name begin "
        f"with one of {', '.join(f'{space}_' for space in _GUESSED_SPACES)}"
    )
