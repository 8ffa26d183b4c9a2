"""The strategies that come with Tidegate: one file each, exposing `STRATEGY`, a class.

A new file in this folder is a new strategy, under the file's name.
"""

import sys
from pathlib import Path

from market.plugins import discover
from trading.strategy_framework import IStrategy
from trading.strategy_framework.loader import ready_class


def strategies() -> dict[str, type[IStrategy]]:
    """Return the strategies of this folder by file name, sorted.

    Raises:
        BadPlugin: a file without `STRATEGY`.
        StrategyLoadFailed: a class that can't run.
    """
    found = discover(sys.modules[__name__], "STRATEGY", type)
    folder = Path(__file__).parent
    return {name: ready_class(value, folder / f"{name}.py") for name, value in found.items()}
