"""The classes and files that a strategy was written in."""

import inspect
from pathlib import Path

from trading.strategy_framework.interface.strategy import IStrategy


def classes_of(strategy: IStrategy) -> list[type]:
    """Return the strategy's class and its parents, down to the interface without it."""
    parents = type(strategy).__mro__
    return list(parents[: parents.index(IStrategy)])


def source_files(strategy: IStrategy) -> set[Path]:
    """Return the files of a strategy's class and of its parents below `IStrategy`, as far as they exist."""
    names = {name for each in classes_of(strategy) for name in _files(each)}
    return {path for path in map(Path, names) if path.is_file()}


def _files(each: type) -> set[str]:
    """Return the files that a class's methods were written in."""
    return {
        inspect.unwrap(value).__code__.co_filename
        for value in vars(each).values()
        if inspect.isfunction(value)
    }
