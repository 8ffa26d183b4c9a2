"""What strategy files hold and need: found by loading each, so that what is listed really runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from trading.backtesting.commands.strategy_files import strategy_paths
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.loading.loader import ready_class, strategies_in
from trading.strategy_framework.loading.requirements import Requirements, requirements


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


def paper_files(found: Sequence[ListedStrategy]) -> list[str]:
    """Return the files that can be named in TIDEGATE_TRADING_STRATEGIES: of one strategy, and for spot."""
    by_file: dict[str, list[ListedStrategy]] = {}
    for strategy in found:
        by_file.setdefault(strategy.file, []).append(strategy)
    chosen = {
        file: [one for one in listed if len(listed) == 1 or one.name == Path(file).stem]
        for file, listed in by_file.items()
    }
    return [
        file
        for file, listed in chosen.items()
        if any(
            one.needs is not None and not one.needs.needs_futures and not one.needs.missing_packages
            for one in listed
        )
    ]


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
