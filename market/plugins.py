"""Plug-in discovery: one file adds one thing.

A folder of plug-ins is a package; each module in it exposes one constant of the type that the
folder asks for. Modules whose name starts with an underscore are not plug-ins.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

from market.errors import BadPlugin

T = TypeVar("T")


def discover(package: ModuleType, constant: str, expected: type[T]) -> dict[str, T]:
    """Import every module of `package` and return its constant by module name, sorted.

    Raises:
        BadPlugin: a module lacks the constant, or it is of another type. The message names the
            file and what to add.
    """
    found: dict[str, T] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        value = getattr(module, constant, None)
        if not isinstance(value, expected):
            raise BadPlugin(
                f"{module.__file__} must define {constant} = {expected.__name__}(…); "
                f"found {type(value).__name__ if value is not None else 'nothing'}"
            )
        found[module_info.name] = value
    return found
