"""What a strategy may remember from one pair to the next, compared before and after a pair.

Digests are of everything that its methods can reach without importing more: its attributes, those of
its classes, the names of its files with the functions behind them, the shared random numbers, the locks.
"""

import hashlib
import pickle
import random
import sys
from collections.abc import Iterator, Mapping
from io import BufferedIOBase
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Any

import numpy as np

from trading.strategy_framework.interface.source_files import classes_of
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.trades.book import TradeBook

State = Mapping[str, bytes | None]
"""A digest by name; None where a value can't be read."""

_NOT_COMPARED = {"dp", "wallets", "wiring"}
"""Ours: they give data and remember only what they read."""
_OF_A_CLASS = {"__dict__", "__weakref__", "__doc__", "__module__", "_abc_impl"}
_UNCHANGING = "talib."
"""Its function objects keep nothing between two calls, and can't be pickled."""


def state_of(strategy: IStrategy, book: TradeBook) -> State:
    """Return the digest of each thing that the strategy may have changed."""
    own = {name: value for name, value in vars(strategy).items() if name not in _NOT_COMPARED}
    found = {f"self.{name}": value for name, value in own.items()}
    found |= {
        f"self.dp.{name}": value for name, value in vars(strategy.dp).items() if not name.startswith("_")
    }
    found |= {"locks": list(book.locks), "random": random.getstate(), "numpy.random": np.random.get_state()}
    modules = _modules_of(strategy)
    for module in modules.values():
        found |= dict(_names_of(module))
    return {name: _digest(value, strategy, modules) for name, value in found.items()}


def differences(before: State, after: State) -> list[str]:
    """Return the names whose values changed, came, went, or can't be compared."""
    names = [*before, *(name for name in after if name not in before)]
    return [name for name in names if before.get(name) is None or before.get(name) != after.get(name)]


def _modules_of(strategy: IStrategy) -> dict[str, ModuleType]:
    names = {each.__module__ for each in classes_of(strategy)}
    return {name: sys.modules[name] for name in names}


def _names_of(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        if not name.startswith("__"):
            yield name, value


def _digest(value: Any, strategy: IStrategy, modules: Mapping[str, ModuleType]) -> bytes | None:
    stream = _Hash()
    try:
        _Reader(stream, strategy, modules).dump(value)
    except Exception:  # a user's object may raise anything when it is read
        return None
    return stream.hash.digest()


class _Hash(BufferedIOBase):
    """A stream of which only the digest is kept."""

    def __init__(self) -> None:
        self.hash = hashlib.blake2b(digest_size=16)

    def write(self, data: Any) -> int:
        self.hash.update(data)
        return len(data)


class _Reader(pickle.Pickler):
    """Pickles by value what pickle names only: the user's functions and classes, with all they hold."""

    def __init__(
        self, stream: BufferedIOBase, strategy: IStrategy, modules: Mapping[str, ModuleType]
    ) -> None:
        super().__init__(stream, protocol=5)
        self._named = {id(strategy), id(strategy.dp), id(strategy.wallets)}
        self._modules = modules

    def reducer_override(self, value: Any) -> Any:  # noqa: PLR0911 - a table of kinds
        """Return what stands for a value; NotImplemented leaves it to pickle."""
        if value is str or value is tuple:
            return NotImplemented
        is_users = getattr(value, "__module__", None) in self._modules
        if id(value) in self._named:
            return _name(value)
        if isinstance(value, FunctionType) and is_users:
            self._named.add(id(value))
            cells = [_content(cell) for cell in value.__closure__ or ()]
            return tuple, (
                (value.__qualname__, value.__defaults__, value.__kwdefaults__, vars(value), cells),
            )
        if isinstance(value, type) and is_users:
            self._named.add(id(value))
            held = [(name, one) for name, one in vars(value).items() if name not in _OF_A_CLASS]
            return tuple, ((value.__qualname__, held),)
        if isinstance(value, property):
            return tuple, ((value.fget, value.fset, value.fdel),)
        if isinstance(value, staticmethod | classmethod):
            return tuple, ((value.__func__,),)
        if isinstance(value, ModuleType | FunctionType | type | GetSetDescriptorType | MemberDescriptorType):
            return _name(value)
        if f"{type(value).__module__}.".startswith(_UNCHANGING) and callable(value):
            return _name(value)
        return NotImplemented


def _name(value: Any) -> tuple[type[str], tuple[str]]:
    return str, (f"{type(value).__name__} {id(value)}",)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None
