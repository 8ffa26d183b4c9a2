"""The names that a strategy file may import from `freqtrade`, and the private hook that gives them.

There is no top-level `freqtrade` package here, so that the real one stays installable beside us.
While a strategy file is being loaded a finder answers for `freqtrade` and its modules in the
loading thread; before and after, `sys.modules` is as it was.
"""

import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn

from trading.strategy_framework import candle_times, qtpylib
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.interface import IStrategy

_CANDLE_TIMES = {name: getattr(candle_times, name) for name in candle_times.__all__}
_LATER = (
    "BooleanParameter",
    "CategoricalParameter",
    "DecimalParameter",
    "IntParameter",
    "Order",
    "PairLocks",
    "RealParameter",
    "Trade",
    "informative",
    "merge_informative_pair",
    "stoploss_from_absolute",
    "stoploss_from_open",
)


class NotYetSupported:
    """A name that may be imported, and says so when it is used: templates import all of them."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse the call."""
        raise StrategyError(f"{self._name} is not supported by this version yet")

    def __getattr__(self, attribute: str) -> NoReturn:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise StrategyError(f"{self._name}.{attribute} is not supported by this version yet")


_STRATEGY: dict[str, Any] = {
    "IStrategy": IStrategy,
    **_CANDLE_TIMES,
    **{name: NotYetSupported(name) for name in _LATER},
}
_QTPYLIB = {name: getattr(qtpylib, name) for name in qtpylib.__all__}
MODULES: dict[str, dict[str, Any]] = {
    "freqtrade": {},
    "freqtrade.strategy": _STRATEGY,
    "freqtrade.strategy.interface": {"IStrategy": IStrategy},
    "freqtrade.exchange": _CANDLE_TIMES,
    "freqtrade.persistence": {name: _STRATEGY[name] for name in ("Order", "PairLocks", "Trade")},
    "freqtrade.vendor": {},
    "freqtrade.vendor.qtpylib": {},
    "freqtrade.vendor.qtpylib.indicators": _QTPYLIB,
}
_lock = threading.RLock()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serve `MODULES` to the thread that made this finder."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname not in MODULES or threading.get_ident() != self._thread:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in MODULES)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        """Fill the module with the names that we give."""
        vars(module).update(MODULES[module.__name__])


@contextmanager
def freqtrade_names() -> Iterator[None]:
    """Let `import freqtrade…` find our names inside the block, and in this thread only."""
    with _lock:
        finder = _Finder()
        displaced = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_freqtrade(name)}
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            for name in [name for name in sys.modules if _is_freqtrade(name)]:
                del sys.modules[name]
            sys.modules.update(displaced)


def _is_freqtrade(name: str) -> bool:
    return name == "freqtrade" or name.startswith("freqtrade.")
