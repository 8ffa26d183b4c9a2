"""A candidate: values for a strategy's spaces, as `<strategy>.json` holds them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from optuna.trial import BaseTrial

from trading.backtesting.data.files.whole_file import write_content
from trading.backtesting.optimize.dimensions import Dimension, dimension_of
from trading.backtesting.optimize.errors import BadSpace, NothingToOptimize
from trading.backtesting.optimize.tables import TABLES, table_dimensions, table_values
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.parameters.values import parameters_of

Candidate = dict[str, dict[str, Any]]
"""By space: `{"buy": {"buy_rsi": 30}, "roi": {"0": 0.1}, "stoploss": {"stoploss": -0.1}}`."""

NOT_BY_DEFAULT = ("trailing", "trades", "protection")
_FILE_NAMES = {"trades": "max_open_trades"}


def spaces_of(strategy: IStrategy) -> dict[str, list[Dimension]]:
    """Return the dimensions of every space: those of the strategy's parameters, then the tables.

    Raises:
        BadSpace: a parameter or the strategy's `HyperOpt` can't be used.
        StrategyError: a parameter's space can't be known.
    """
    spaces: dict[str, list[Dimension]] = {}
    for name, parameter in parameters_of(strategy):
        if parameter.optimize:
            space = parameter.space or _space_of(strategy, name)
            spaces.setdefault(space, []).append(dimension_of(name, space, parameter))
    return spaces | {space: table_dimensions(strategy, space) for space in TABLES}


def chosen_dimensions(strategy: IStrategy, wanted: Sequence[str]) -> list[Dimension]:
    """Return the dimensions of the wanted spaces; `all` and `default` stand for several.

    `default` leaves out trailing, trades and protection, as freqtrade does.

    Raises:
        BadSpace: there is no space of that name.
        NothingToOptimize: the strategy has no parameter in them.
    """
    spaces = spaces_of(strategy)
    names: list[str] = []
    for name in wanted:
        if name not in {"all", "default", *spaces}:
            known = ", ".join(["all", "default", *spaces])
            raise BadSpace(f"{strategy.get_strategy_name()} has no space {name!r}; it has: {known}")
        names += [
            space
            for space in spaces
            if name in {space, "all"} or (name == "default" and space not in NOT_BY_DEFAULT)
        ]
    found = [dimension for space in dict.fromkeys(names) for dimension in spaces[space]]
    if not found:
        raise NothingToOptimize(f"{strategy.get_strategy_name()} has no parameters in {', '.join(wanted)}")
    return found


def asked(strategy: IStrategy, dimensions: Iterable[Dimension], trial: BaseTrial) -> Candidate:
    """Ask a trial for every value and return what they mean."""
    chosen: Candidate = {}
    for dimension in dimensions:
        chosen.setdefault(dimension.space, {})[dimension.name] = dimension.ask(trial)
    return {
        space: table_values(strategy, space, values) if space in TABLES else values
        for space, values in chosen.items()
    }


def apply(strategy: IStrategy, candidate: Candidate) -> None:
    """Set the candidate's values on a configured strategy that was not started yet."""
    parameters = dict(parameters_of(strategy))
    for space, values in candidate.items():
        if space not in TABLES:
            stored = strategy.wiring.file_parameters.setdefault(space, {})
            for name, value in values.items():
                parameters[name].value = value
                if parameters[name].load:
                    stored[name] = value
    settings: dict[str, Any] = {**candidate.get("stoploss", {}), **candidate.get("trailing", {})}
    if "roi" in candidate:
        settings["minimal_roi"] = {int(minutes): ratio for minutes, ratio in candidate["roi"].items()}
        settings["minimal_roi"] = dict(sorted(settings["minimal_roi"].items()))
    if "trades" in candidate:
        slots = candidate["trades"]["max_open_trades"]
        settings["max_open_trades"] = float("inf") if slots < 0 else slots
    for name, value in settings.items():
        setattr(strategy, name, value)
        strategy.config[name] = value


def write_parameters(path: Path, strategy_name: str, candidate: Candidate, exported_at: str) -> Path:
    """Write `<strategy>.json` beside the strategy's file, keeping what other spaces hold there.

    Raises:
        NotWritten: the place can't be written; what was there is untouched.
    """
    place = path.with_suffix(".json")
    before: Mapping[str, Any] = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    found = {file_name(space): values for space, values in candidate.items()}
    document = {
        "strategy_name": strategy_name,
        "params": {**before.get("params", {}), **found},
        "ft_stratparam_v": 1,
        "export_time": exported_at,
    }
    write_content(place, f"{json.dumps(document, indent=2)}\n".encode())
    return place


def file_name(space: str) -> str:
    """Return what `<strategy>.json` calls a space."""
    return _FILE_NAMES.get(space, space)


def _space_of(strategy: IStrategy, name: str) -> str:
    for space in ("buy", "sell", "enter", "exit", "protection"):
        if name in dict(parameters_of(strategy, space)):
            return space
    raise BadSpace(f"the space of the parameter {name} is not known: give it space='buy'")
