"""Load a strategy from one Python file, unmodified, and say clearly what is wrong with it."""

import inspect
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from trading.strategy_framework.errors import StrategyError, StrategyLoadFailed
from trading.strategy_framework.interface.legacy import rename_timeframe
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured
from trading.strategy_framework.loading.imports import StrategyImports
from trading.strategy_framework.loading.requirements import problem_with


def load_strategy(
    path: Path, class_name: str | None = None, config: Mapping[str, Any] | None = None
) -> IStrategy:
    """Return an object of the file's strategy with the settings that count (see `configured`).

    Raises:
        StrategyLoadFailed: as for `load_strategy_file`; or a setting is missing or makes no sense.
    """
    strategy_class = load_strategy_file(path, class_name)
    try:
        return configured(strategy_class, config)
    except StrategyLoadFailed:
        raise
    except StrategyError as error:
        line = _line_of_class(path, strategy_class.__name__)
        raise StrategyLoadFailed(path, str(error), line=line) from error


def load_strategy_file(path: Path, class_name: str | None = None) -> type[IStrategy]:
    """Run the file and return its strategy class; `class_name` chooses when there are several.

    Without `class_name` the class that is called like the file is taken, or the only one.

    Raises:
        StrategyLoadFailed: the file is missing or broken, imports what is not there, holds no
            strategy or more than one to choose from, or its strategy is not complete.
    """
    return ready_class(_choose(path, strategies_in(path), class_name), path)


def strategies_in(path: Path) -> dict[str, type[IStrategy]]:
    """Run the file and return the strategy classes that it defines by name, complete or not.

    Raises:
        StrategyLoadFailed: the file is missing or broken, or imports what is not there.
    """
    module = _executed(path)
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, IStrategy) and value.__module__ == module.__name__
    }


def ready_class(strategy_class: type[IStrategy], path: Path) -> type[IStrategy]:
    """Rename what is old in the class, tell it its file, and return it.

    Raises:
        StrategyLoadFailed: something is missing from it.
    """
    rename_timeframe(strategy_class)
    strategy_class.__file__ = str(path)
    if problem := problem_with(strategy_class):
        raise StrategyLoadFailed(path, problem, line=_line_of_class(path, strategy_class.__name__))
    return strategy_class


def _executed(path: Path) -> ModuleType:
    imports = StrategyImports(path.resolve().parent)
    try:
        return imports.run(path)
    except OSError as error:
        if not path.is_file() or _place(path, error)[1] is None:
            raise StrategyLoadFailed(path, f"can't be read: {error.strerror}") from error
        raise _failure(path, error, f"{type(error).__name__}: {error}") from error
    except SyntaxError as error:
        where = Path(error.filename or path)
        if not where.is_file():  # a text that the file itself compiles
            raise _failure(path, error, f"SyntaxError: {error.msg}") from error
        own = path if where == path.resolve() else where
        raise StrategyLoadFailed(own, f"not valid Python: {error.msg}", line=error.lineno) from error
    except ImportError as error:
        problem = error.msg.removesuffix(" (unknown location)")
        if not isinstance(error, ModuleNotFoundError):
            problem = f"imports a name that is not offered: {problem}"
        raise _failure(path, error, problem) from error
    except StrategyError as error:
        raise _failure(path, error, str(error)) from error
    except (Exception, SystemExit) as error:  # a user's file may raise anything
        raise _failure(path, error, f"{type(error).__name__}: {error}") from error


def _choose(path: Path, found: Mapping[str, type[IStrategy]], class_name: str | None) -> type[IStrategy]:
    names = ", ".join(sorted(found))
    if class_name is not None and class_name not in found:
        raise StrategyLoadFailed(path, f"has no strategy {class_name}; it has: {names or 'none'}")
    if not found:
        raise StrategyLoadFailed(path, "has no strategy; define a class that derives from IStrategy")
    if class_name is None and len(found) > 1 and path.stem not in found:
        raise StrategyLoadFailed(path, f"has several strategies; choose one of: {names}")
    return found[class_name or (path.stem if path.stem in found else next(iter(found)))]


def _failure(path: Path, error: BaseException, problem: str) -> StrategyLoadFailed:
    where, line = _place(path, error)
    return StrategyLoadFailed(where, problem, line=line)


def _place(path: Path, error: BaseException) -> tuple[Path, int | None]:
    """Return the file of the strategy's folder, and the line in it, that was under way."""
    folder = path.resolve().parent
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        where = Path(frame.filename)
        if where == path.resolve():
            return path, frame.lineno
        if where.is_relative_to(folder) and "site-packages" not in where.parts:
            return where, frame.lineno
    return path, None


def _line_of_class(path: Path, name: str) -> int | None:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((number for number, text in enumerate(lines, 1) if text.startswith(f"class {name}")), None)
