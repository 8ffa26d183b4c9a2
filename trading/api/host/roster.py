"""Which strategies run: names of `trading/strategies`, or paths of strategy files."""

from collections.abc import Sequence
from pathlib import Path

from trading.strategies import strategies
from trading.strategy_framework import IStrategy
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.loader import load_strategy_file


def load_roster(names: Sequence[str]) -> dict[str, IStrategy]:
    """Return the strategies by name, all of ours without names; a file's has the name of its file.

    Raises:
        StrategyError: a name that is not there, or a file that can't be used.
        BadPlugin: a file of `trading/strategies` without its constant.
    """
    ours = strategies()
    roster: dict[str, IStrategy] = {}
    for name in names or ours:
        if name.endswith(".py"):
            roster[Path(name).stem] = load_strategy_file(Path(name))()
        elif name in ours:
            roster[name] = ours[name]()
        else:
            raise StrategyError(
                f"there is no strategy {name!r}; TIDEGATE_TRADING_STRATEGIES takes {', '.join(ours)} "
                "or paths of .py files"
            )
    for strategy in roster.values():
        strategy.bot_start()
    return roster
