"""The strategies that come with Tidegate: one file each, in freqtrade's interface.

A new file in this folder is a new strategy, under the file's name. The files are loaded as a user's
are, so that freqtrade itself can load those that import nothing but `freqtrade.strategy`.
"""

from pathlib import Path

from trading.strategy_framework import IStrategy
from trading.strategy_framework.loading.loader import load_strategy_file

_FOLDER = Path(__file__).parent


def strategies() -> dict[str, type[IStrategy]]:
    """Return the strategies of this folder by file name, sorted.

    Raises:
        StrategyLoadFailed: a file that holds no strategy, or one that can't run.
    """
    return {path.stem: load_strategy_file(path) for path in strategy_files()}


def strategy_files() -> list[Path]:
    """Return the files of the shipped strategies, sorted by name."""
    return sorted(path for path in _FOLDER.glob("*.py") if not path.name.startswith("_"))
