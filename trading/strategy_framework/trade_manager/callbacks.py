"""Calls into the user's strategy: guarded, counted, and left out where nothing is overridden.

A callback gets a copy of the trade, so that it can't change it by accident. One that raises is
counted, and answered with its default: a strategy's mistake must not end a run. Who runs the strategy
tells the first error of each. One that answers with something unusable has no default: that ends the
run with a message.
"""

import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from trading.strategy_framework.errors import StrategyFailed
from trading.strategy_framework.interface.overrides import is_overridden
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.trades.trade import Trade

_DELEGATES = {"adjust_order_price": ("adjust_entry_price", "adjust_exit_price")}


class UserCallbacks:
    """The callbacks of one strategy.

    `failures` counts by name how often each raised, `errors` says what it raised first and where.
    """

    def __init__(self, strategy: IStrategy) -> None:
        self._strategy = strategy
        self._handled: dict[str, bool] = {}
        self._users: dict[str, bool] = {}
        self.failures: Counter[str] = Counter()
        self.errors: dict[str, str] = {}

    def handles(self, name: str) -> bool:
        """Tell whether the strategy overrides a callback, also under an old name."""
        known = self._handled.get(name)
        if known is None:
            names = (name, *_DELEGATES.get(name, ()))
            known = self._handled[name] = any(is_overridden(self._strategy, each) for each in names)
        return known

    def ask(self, name: str, *, default: Any, **arguments: Any) -> Any:
        """Call a callback; return `default` where it raises."""
        try:
            if "trade" in arguments and self._is_users(name):
                arguments["trade"] = _copied(arguments["trade"])
            return getattr(self._strategy, name)(**arguments)
        except Exception as error:  # a user's code may raise anything
            self._note(name, error)
            return default

    def ask_number(self, name: str, *, default: float | None, **arguments: Any) -> float | None:
        """Call a callback that answers with a number or nothing.

        Raises:
            StrategyFailed: it answered with something else.
        """
        return self.number(name, self.ask(name, default=default, **arguments))

    def number(self, name: str, answer: Any) -> float | None:
        """Return an answer that must be a number or nothing.

        Raises:
            StrategyFailed: it is something else.
        """
        if answer is None or isinstance(answer, (int, float, np.number)):
            return answer  # type: ignore[return-value] # numpy's numbers are as good as floats here
        raise StrategyFailed(
            f"{name} of {self._strategy.get_strategy_name()} must return a number or nothing; "
            f"it returned {answer!r} ({type(answer).__name__})"
        )

    def _is_users(self, name: str) -> bool:
        known = self._users.get(name)
        if known is None:
            method = getattr(type(self._strategy), name, None)
            known = self._users[name] = method is not getattr(IStrategy, name)
        return known

    def _note(self, name: str, error: Exception) -> None:
        self.failures[name] += 1
        if name not in self.errors:
            what = " ".join(f"{type(error).__name__}: {error}".split())
            self.errors[name] = f"{what} ({_place(self._strategy, error)})"


def _copied(trade: Trade | None) -> Trade | None:
    return None if trade is None else trade.__deepcopy__({})


def _place(strategy: IStrategy, error: Exception) -> str:
    """Return the file and line that raised: the strategy's own, even where it called others."""
    frames = traceback.extract_tb(error.__traceback__)
    source = Path(strategy.__file__).resolve() if strategy.__file__ else None
    own = [frame for frame in frames if Path(frame.filename) == source]
    place = (own or frames)[-1]
    return f"{Path(place.filename).name}:{place.lineno}"
