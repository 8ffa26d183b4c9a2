"""What strategy files hold and need: found by loading each, so that what is listed really runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from trading.backtesting.commands.strategy_files import strategy_paths
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.loader import ready_class, strategies_in
from trading.strategy_framework.requirements import Requirements, requirements


class ListedStrategy(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy class with its needs, or the reason why it, or its file, can't be loaded."""

    file: str
    name: str
    needs: Requirements | None = None
    problem: str | None = None


def list_strategies(
    folders: Sequence[Path], progress: Callable[[str, int, int], None] = lambda *_: None
) -> list[ListedStrategy]:
    """Load every file of the folders; files without a strategy are passed over."""
    paths = [path for folder in folders for path in strategy_paths(folder)]
    found: list[ListedStrategy] = []
    for number, path in enumerate(paths, start=1):
        found += _in_file(path)
        progress("Loading strategies", number, len(paths))
    return found


def needs_text(needs: Requirements) -> str:
    """Return in a few words what a strategy needs beside candles of its own timeframe."""
    words = []
    if needs.missing_packages:
        words.append(f"pip install {' '.join(needs.missing_packages)}")
    if needs.needs_futures:
        words.append("futures")
    if needs.uses_forecasts:
        words.append("forecasts")
    if longer := needs.timeframes[1:]:
        words.append(f"candles of {', '.join(longer)}")
    if needs.assets:
        words.append(f"pairs {', '.join(needs.assets)}")
    if needs.adjusts_positions:
        words.append("position adjustment")
    return "; ".join(words)


def _in_file(path: Path) -> list[ListedStrategy]:
    try:
        classes = strategies_in(path)
    except StrategyError as error:
        return [ListedStrategy(file=str(path), name=path.stem, problem=str(error))]
    listed = []
    for name, strategy_class in classes.items():
        try:
            needs = requirements(ready_class(strategy_class, path))
            listed.append(ListedStrategy(file=str(path), name=name, needs=needs))
        except StrategyError as error:
            listed.append(ListedStrategy(file=str(path), name=name, problem=str(error)))
    return listed
