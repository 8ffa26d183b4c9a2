"""What depends on where the frame begins: recursive indicators, and columns that warm up too long.

Neither reads the future, but both make live trading, which starts with `startup_candle_count` candles
or a little more, differ from a backtest over years.
"""

import math
from collections.abc import Collection

import numpy as np
import pandas as pd

from trading.backtesting.lookahead.comparison import (
    ColumnDifference,
    Known,
    by_date,
    differences,
    last_rows,
    plain,
)
from trading.backtesting.lookahead.findings import StartFinding
from trading.backtesting.lookahead.subject import Runs
from trading.strategy_framework.errors import StrategyError

ROWS_SAMPLED = 5
DEVIATION_MIN = 1e-3


def start_dependent(
    runs: Runs, pair: str, whole: pd.DataFrame, place: tuple[int, int], *, skip: Collection[str]
) -> list[StartFinding]:
    """Return the columns that differ by 0.1 % of their size or more when the run begins later.

    The whole run began at the first row of `place`. Five candles of its end are computed again with
    only as many before them as the second number of `place`; nothing to say where that is 0.
    """
    first, history = place
    rows = np.unique(np.linspace(min(2 * history, len(whole) - 1), len(whole) - 1, ROWS_SAMPLED).astype(int))
    worst: dict[str, StartFinding] = {}
    if not history:
        return []
    scales = by_date(whole).select_dtypes("number").abs().replace(np.inf, np.nan).median()
    for row in rows:
        known = _late_start(runs, pair, first + int(row), place)
        for difference in [] if known is None else differences(known, whole):
            if difference.column in skip:
                continue
            found = _finding(difference, float(scales.get(difference.column, np.nan)))
            before = worst.get(found.column)
            if _is_worth_saying(found) and (before is None or _size(found) > _size(before)):
                worst[found.column] = found
    order = [str(name) for name in whole.columns]
    return sorted(worst.values(), key=lambda found: order.index(found.column))


def undefined_columns(whole: pd.DataFrame, startup: int) -> dict[str, int | None]:
    """Return the columns that have no value at the first traded candle, with the candles they need.

    None: a column never has one. Columns that begin in time and have gaps later are not named, nor
    those of text.
    """
    needs: dict[str, int | None] = {}
    for name in whole.select_dtypes("number").columns:
        given = np.flatnonzero(whole[name].notna().to_numpy())
        if str(name).startswith(("enter_", "exit_")):
            continue
        if not len(given):
            needs[str(name)] = None
        elif given[0] > startup:
            needs[str(name)] = int(given[0])
    return needs


def _late_start(runs: Runs, pair: str, row: int, place: tuple[int, int]) -> Known | None:
    first, history = place
    try:
        frame = runs.run(pair, row - history, row + 1, since=first + runs.startup)
    except StrategyError:
        return None  # a run of that length was tried before, from the first candle: said there
    return last_rows(frame, runs.dates(pair, row, row + 1), history + 1)


def _finding(difference: ColumnDifference, scale: float) -> StartFinding:
    short, long = plain(difference.known.iloc[0]), plain(difference.later.iloc[0])
    deviation = None
    if isinstance(short, int | float) and isinstance(long, int | float):
        size = max(abs(long), 0.0 if math.isnan(scale) else scale)
        deviation = abs(short - long) / size if size > 0 else None
    return StartFinding(
        column=difference.column,
        date=str(difference.known.index[0]),
        short=short,
        long=long,
        deviation=deviation,
    )


def _is_worth_saying(found: StartFinding) -> bool:
    return found.deviation is None or found.deviation >= DEVIATION_MIN


def _size(found: StartFinding) -> float:
    return math.inf if found.deviation is None else found.deviation
