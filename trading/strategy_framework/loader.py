"""Load a strategy from one Python file, unmodified, and say clearly what is wrong with it."""

import hashlib
import inspect
import sys
import traceback
from pathlib import Path
from types import ModuleType

from trading.strategy_framework.errors import StrategyError, StrategyLoadFailed
from trading.strategy_framework.freqtrade_names import freqtrade_names
from trading.strategy_framework.interface import IStrategy
from trading.strategy_framework.legacy import rename_attributes
from trading.strategy_framework.requirements import problem_with


def load_strategy_file(path: Path, class_name: str | None = None) -> type[IStrategy]:
    """Run the file and return its strategy class; `class_name` chooses when there are several.

    Raises:
        StrategyLoadFailed: the file is missing or broken, imports what is not there, holds no
            (or more than one) strategy, or asks for what this version does not run.
    """
    module = _execute(path)
    return ready_class(_choose(path, module, class_name), path)


def ready_class(strategy_class: type[IStrategy], path: Path) -> type[IStrategy]:
    """Rename what is old in the class and return it.

    Raises:
        StrategyLoadFailed: something is missing from it, or not supported.
    """
    rename_attributes(strategy_class)
    if problem := problem_with(strategy_class):
        raise StrategyLoadFailed(path, problem, line=_line_of_class(path, strategy_class.__name__))
    return strategy_class


def _execute(path: Path) -> ModuleType:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise StrategyLoadFailed(path, f"can't be read: {error.strerror}") from error
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    module = ModuleType(f"tidegate_strategy_{path.stem}_{digest}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses and pickle look a class's module up by name
    with freqtrade_names():
        try:
            exec(compile(source, str(path), "exec"), vars(module))  # noqa: S102  # that is its purpose
        except SyntaxError as error:
            raise StrategyLoadFailed(path, f"not valid Python: {error.msg}", line=error.lineno) from error
        except ModuleNotFoundError as error:
            problem = f"imports {error.name}, which is not installed (or not offered to strategies)"
            raise StrategyLoadFailed(path, problem, line=_line_in(path, error)) from error
        except ImportError as error:
            problem = f"imports a name that is not offered: {error.msg}"
            raise StrategyLoadFailed(path, problem, line=_line_in(path, error)) from error
        except StrategyError as error:
            raise StrategyLoadFailed(path, str(error), line=_line_in(path, error)) from error
        except Exception as error:  # a user's file may raise anything
            problem = f"{type(error).__name__}: {error}"
            raise StrategyLoadFailed(path, problem, line=_line_in(path, error)) from error
    return module


def _choose(path: Path, module: ModuleType, class_name: str | None) -> type[IStrategy]:
    found = {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, IStrategy) and value.__module__ == module.__name__
    }
    names = ", ".join(sorted(found))
    if class_name is not None and class_name not in found:
        raise StrategyLoadFailed(path, f"has no strategy {class_name}; it has: {names or 'none'}")
    if not found:
        raise StrategyLoadFailed(path, "has no strategy; define a class that derives from IStrategy")
    if class_name is None and len(found) > 1:
        raise StrategyLoadFailed(path, f"has several strategies; choose one of: {names}")
    return found[class_name or next(iter(found))]


def _line_in(path: Path, error: BaseException) -> int | None:
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return lines[-1] if lines else None


def _line_of_class(path: Path, name: str) -> int | None:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, text in enumerate(lines, 1) if text.startswith(f"class {name}")), None)
