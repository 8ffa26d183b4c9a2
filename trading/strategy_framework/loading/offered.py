"""The modules that strategy files import from us in place of `freqtrade`, `technical` and `skopt.space`.

What they hold is in `offered_names`. Each name is looked up when it is first asked for, so that a file
which imports little loads little.
"""

import importlib
from types import ModuleType
from typing import Any

from trading.strategy_framework.loading.offered_names import (
    GIVES_PANDAS_METHODS,
    HOMES,
    MIRRORS,
    MODULES,
    OUR_NAMES,
    VALUES,
)

_HOME_OF = {name: home for home, names in HOMES.items() for name in names}


class OfferedModule(ModuleType):
    """A module that exists for strategy files only."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._mirrors = MIRRORS.get(name)
        if name in GIVES_PANDAS_METHODS:
            _room("qtpylib.methods").add_to_pandas()
        names = _room(self._mirrors).__all__ if self._mirrors else MODULES.get(name, ())
        values = VALUES.get(name, {})
        vars(self).update(values)
        self.__all__ = [*names, *values]

    def __getattr__(self, name: str) -> Any:
        child = f"{self.__name__}.{name}"
        if name in self.__all__:
            home = _room(self._mirrors or _HOME_OF[name])
            value = getattr(home, OUR_NAMES.get(name, name))
        elif is_offered(child):
            value = offered_module(child)
        else:
            raise AttributeError(f"{self.__name__} has no {name} here")
        setattr(self, name, value)
        return value


_modules: dict[str, OfferedModule] = {}


def is_offered(name: str) -> bool:
    """Return whether strategy files may import a module of that name from us."""
    return name in MODULES or name in MIRRORS


def is_ours(name: str) -> bool:
    """Return whether a module of that name can only come from us."""
    return name.partition(".")[0] in {"freqtrade", "technical"}


def offered_module(name: str) -> OfferedModule:
    """Return the module of that name; the same one each time."""
    if name not in _modules:
        _modules[name] = OfferedModule(name)
    return _modules[name]


def _room(name: str) -> Any:
    return importlib.import_module(f"trading.strategy_framework.{name}")
