"""The spaces that every strategy has: returns (roi), stop, trailing stop, and the number of trades.

Their ranges are those that freqtrade documents; a strategy's nested class `HyperOpt` may replace each
(`roi_space`, `generate_roi_table`, `stoploss_space`, `trailing_space`, `generate_trailing_params`,
`max_open_trades_space`).
"""

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

from trading.backtesting.optimize.dimensions import Dimension, dimension_of_declared
from trading.backtesting.optimize.errors import BadSpace
from trading.strategy_framework.candles.times import timeframe_to_minutes
from trading.strategy_framework.interface.strategy import IStrategy

TABLES = ("roi", "stoploss", "trailing", "trades")
_OVERRIDES = {
    "roi": "roi_space",
    "stoploss": "stoploss_space",
    "trailing": "trailing_space",
    "trades": "max_open_trades_space",
}

Values = Mapping[str, Any]


def table_dimensions(strategy: IStrategy, space: str) -> list[Dimension]:
    """Return the dimensions of `roi`, `stoploss`, `trailing` or `trades`.

    Raises:
        BadSpace: the strategy's own `HyperOpt` raised, or declares something unusable.
    """
    declared = _overridden(strategy, _OVERRIDES[space])
    if declared is not None:
        return [dimension_of_declared(space, one) for one in _called(declared, _OVERRIDES[space])]
    if space == "roi":
        return _roi(timeframe_to_minutes(strategy.timeframe))
    if space == "stoploss":
        return [_float("stoploss", space, -0.35, -0.02)]
    if space == "trades":
        return [Dimension(name="max_open_trades", space=space, kind="int", low=-1, high=10)]
    return [
        Dimension(name="trailing_stop", space=space, kind="choice", choices=(True,)),
        _float("trailing_stop_positive", space, 0.01, 0.35),
        _float("trailing_stop_positive_offset_p1", space, 0.001, 0.1),
        Dimension(name="trailing_only_offset_is_reached", space=space, kind="choice", choices=(True, False)),
    ]


def table_values(strategy: IStrategy, space: str, chosen: Values) -> dict[str, Any]:
    """Return what the chosen values mean, as `<strategy>.json` holds it under the space's name.

    Raises:
        BadSpace: the strategy's own `HyperOpt` raised.
    """
    if space == "roi":
        own = _overridden(strategy, "generate_roi_table")
        table = _called(own, "generate_roi_table", chosen) if own is not None else _roi_table(chosen)
        return {str(minutes): ratio for minutes, ratio in table.items()}
    if space == "trailing":
        own = _overridden(strategy, "generate_trailing_params")
        return dict(
            _called(own, "generate_trailing_params", chosen) if own is not None else _trailing(chosen)
        )
    return dict(chosen)


def _roi(minutes: int) -> list[Dimension]:
    """Return three steps in time and in profit, wider for longer candles."""
    longer, wider = minutes / 5, math.log1p(minutes) / math.log1p(5)

    def times(name: str, low: float, high: float) -> Dimension:
        return Dimension(name=name, space="roi", kind="int", low=int(low * longer), high=int(high * longer))

    return [
        times("roi_t1", 10, 120),
        times("roi_t2", 10, 60),
        times("roi_t3", 10, 40),
        _float("roi_p1", "roi", 0.01 * wider, 0.04 * wider),
        _float("roi_p2", "roi", 0.01 * wider, 0.07 * wider),
        _float("roi_p3", "roi", 0.01 * wider, 0.20 * wider),
    ]


def _roi_table(chosen: Values) -> dict[int, float]:
    late, later, latest = chosen["roi_t3"], chosen["roi_t2"], chosen["roi_t1"]
    return {
        0: round(chosen["roi_p1"] + chosen["roi_p2"] + chosen["roi_p3"], 3),
        late: round(chosen["roi_p1"] + chosen["roi_p2"], 3),
        late + later: chosen["roi_p1"],
        late + later + latest: 0,
    }


def _trailing(chosen: Values) -> dict[str, Any]:
    positive = chosen["trailing_stop_positive"]
    return {
        "trailing_stop": chosen["trailing_stop"],
        "trailing_stop_positive": positive,
        "trailing_stop_positive_offset": round(positive + chosen["trailing_stop_positive_offset_p1"], 3),
        "trailing_only_offset_is_reached": chosen["trailing_only_offset_is_reached"],
    }


def _float(name: str, space: str, low: float, high: float) -> Dimension:
    return Dimension(name=name, space=space, kind="float", low=round(low, 3), high=round(high, 3), decimals=3)


def _overridden(strategy: IStrategy, name: str) -> Callable[..., Any] | None:
    """Return the function of the strategy's nested class, which is written with or without `self`."""
    own = getattr(strategy, "HyperOpt", None)
    if own is None or not hasattr(own, name):
        return None
    declared = inspect.getattr_static(own, name)
    function: Callable[..., Any] = getattr(own, name)
    parameters = inspect.signature(function).parameters
    takes_self = inspect.isfunction(declared) and next(iter(parameters), "") == "self"
    return getattr(own(), name) if takes_self else function


def _called(function: Callable[..., Any], name: str, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception as error:  # a user's code may raise anything
        raise BadSpace(f"HyperOpt.{name} raised {type(error).__name__}: {error}") from error
