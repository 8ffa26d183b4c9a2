"""What strategy files hold and need: found by loading each, so that what is listed really runs."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from trading.backtesting.commands.strategy_files import SHIPPED, strategy_paths
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.loading.imports import KNOWN_PACKAGES
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


def paper_names(files: Iterable[Path], folder: Path) -> list[str]:
    """Return how TIDEGATE_TRADING_STRATEGIES names files in our folder: their own name, or their path.

    Of files with the same name only one can run; a comma would end the name.
    """
    ours = {path.stem for path in strategy_paths(SHIPPED)}
    found_by_name = {path.stem: path for path in sorted(folder.rglob("[!_]*.py"))}
    names = {}
    for path in files:
        is_found = path.stem not in ours and found_by_name.get(path.stem) == path
        name = path.stem if is_found else str(path)
        if "," not in name and (is_found or path.stem not in names):
            names[path.stem] = name
    return list(names.values())


def needs_text(needs: Requirements) -> str:
    """Return in a few words what a strategy needs beside candles of its own timeframe."""
    words = []
    if known := [name for name in needs.missing_packages if name in KNOWN_PACKAGES]:
        words.append(f"pip install {' '.join(known)}")
    if unknown := [name for name in needs.missing_packages if name not in KNOWN_PACKAGES]:
        words.append(f"what provides {', '.join(unknown)}")
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
