"""What a strategy must have, and what it needs from its surroundings."""

import ast
import importlib.util
import inspect
import sys
from pathlib import Path
from typing import Any

import msgspec

from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.interface.informative import informatives_of
from trading.strategy_framework.interface.overrides import is_overridden, overridden_callbacks
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.imports import PACKAGE_OF
from trading.strategy_framework.loading.offered import is_offered

_POPULATE = (
    "populate_indicators",
    "populate_entry_trend",
    "populate_exit_trend",
    "populate_buy_trend",
    "populate_sell_trend",
)


class Requirements(msgspec.Struct, frozen=True, kw_only=True):
    """What a strategy class needs.

    `packages` are those that it imports beside what we offer, `missing_packages` those of them that
    are not installed. `timeframes` begins with its own. `assets` are the pairs of `@informative`.
    """

    name: str
    timeframe: str | None
    timeframes: tuple[str, ...]
    assets: tuple[str, ...]
    startup_candles: int
    needs_futures: bool
    uses_forecasts: bool
    uses_venues: bool
    adjusts_positions: bool
    callbacks: tuple[str, ...]
    packages: tuple[str, ...]
    missing_packages: tuple[str, ...]


def requirements(strategy: type[IStrategy] | IStrategy) -> Requirements:
    """Return what the class, or the object's class, needs."""
    strategy_class = strategy if isinstance(strategy, type) else type(strategy)
    own = getattr(strategy, "timeframe", None)
    informatives = [wanted for wanted, _ in informatives_of(strategy_class)]
    longer = {wanted.timeframe for wanted in informatives} - {own}
    source = getattr(strategy_class, "__file__", "")
    packages = imported_packages(Path(source)) if source else []
    return Requirements(
        name=strategy_class.__name__,
        timeframe=own,
        timeframes=tuple(([own] if own else []) + sorted(longer, key=timeframe_to_seconds)),
        assets=tuple(sorted({wanted.asset for wanted in informatives if wanted.asset})),
        startup_candles=strategy.startup_candle_count,
        needs_futures=bool(strategy.can_short),
        uses_forecasts=strategy.uses_forecasts,
        uses_venues=strategy.uses_venues,
        adjusts_positions=bool(strategy.position_adjustment_enable),
        callbacks=tuple(sorted(overridden_callbacks(strategy_class))),
        packages=tuple(packages),
        missing_packages=tuple(name for name in packages if not _is_installed(name)),
    )


def imported_packages(path: Path) -> list[str]:
    """Return what to install for the file to run, by the names of its packages, sorted.

    Raises:
        OSError: the file can't be read.
        SyntaxError: it is not Python.
    """
    roots: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.partition(".")[0])
    outside = {root for root in roots if not is_offered(root) and root not in sys.stdlib_module_names}
    siblings = {root for root in outside if (path.parent / f"{root}.py").is_file()}
    return sorted(PACKAGE_OF.get(root, root) for root in outside - siblings)


def problem_with(strategy_class: type[IStrategy]) -> str | None:
    """Return why the class can't run, in words that say what to do; nothing if it can."""
    name = strategy_class.__name__
    for method in ("populate_entry_trend", "populate_exit_trend"):
        if not is_overridden(strategy_class, method):
            return f"{name} must define {method}(self, dataframe, metadata)"
    for method in _POPULATE:
        function = getattr(strategy_class, method)
        if inspect.isfunction(function) and len(inspect.getfullargspec(function).args) == 2:
            return f"{name}.{method} must take (self, dataframe, metadata): version 1 is not supported"
    if is_overridden(strategy_class, "adjust_order_price") and (
        is_overridden(strategy_class, "adjust_entry_price")
        or is_overridden(strategy_class, "adjust_exit_price")
    ):
        return (
            f"{name} defines adjust_order_price beside adjust_entry_price or adjust_exit_price: keep one way"
        )
    return settings_problem(strategy_class, is_final=False)


def settings_problem(strategy: Any, *, is_final: bool = True) -> str | None:
    """Return what is wrong with the settings of a class or an object.

    What a configuration may still bring (stoploss, timeframe) may be missing unless `is_final`.
    """
    stoploss, timeframe = getattr(strategy, "stoploss", None), getattr(strategy, "timeframe", None)
    if isinstance(stoploss, int | float):
        if not stoploss < 0:
            return f"stoploss = {stoploss} must be a negative fraction, such as -0.10"
    elif is_final:
        return "set stoploss to a negative fraction, such as stoploss = -0.10"
    if timeframe is not None and not isinstance(timeframe, property):
        try:
            timeframe_to_seconds(timeframe)
        except (TypeError, ValueError) as error:
            return f"timeframe: {error}"
    elif is_final:
        return 'set timeframe, such as timeframe = "5m", or name one in the configuration'
    return _roi_problem(getattr(strategy, "minimal_roi", {}))


def _roi_problem(table: Any) -> str | None:
    if isinstance(table, property):
        return None
    if not isinstance(table, dict):
        return f"minimal_roi must be a dict of minutes and fractions, not {table!r}"
    for minutes, ratio in table.items():
        if not str(minutes).isdecimal() or not isinstance(ratio, int | float):
            return f"minimal_roi: {minutes!r}: {ratio!r} must be minutes as text and a fraction"
    return None


def _is_installed(package: str) -> bool:
    root = next((root for root, name in PACKAGE_OF.items() if name == package), package)
    return importlib.util.find_spec(root) is not None
