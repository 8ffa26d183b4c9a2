"""Run a strategy on every truncated prefix of a window and name what reads the future.

A run on the candles up to t shows what was known when t closed. If the whole run, which also has the
candles after t, says something else about t, then the strategy has read the future. Prefixes begin
where the whole run begins, so that an average that depends on the start of the frame (an EMA) is the
same in both: that is another matter, and found by runs that begin later. Informative candles are cut
alike: a prefix has those that were closed at the close of its last candle.

Each prefix's last three rows are compared: the newest is what an entry acts on, the two before it are
what callbacks look back at.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pandas as pd

from trading.backtesting.errors import BadCandles
from trading.backtesting.lookahead.comparison import (
    SIGNALS,
    TAGS,
    Booleans,
    ColumnDifference,
    Known,
    Places,
    by_date,
    differences,
    joined,
    plain,
)
from trading.backtesting.lookahead.findings import ColumnFinding, Examination, Kind, RunFailure
from trading.backtesting.lookahead.start_dependence import start_dependent, undefined_columns
from trading.backtesting.lookahead.subject import Runs, Subject
from trading.backtesting.lookahead.workers import Progress, Tails, run_tails, silent

WINDOW_CANDLES = 300
CANDLES_AFTER = 500
"""How many candles the whole run has after the window: the future that prefixes lack."""
ROWS_COMPARED = 3


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Which candles are examined: from row `first` on, `candles` prefixes past the start-up.

    Without `first` it begins where the start-up of the longest other timeframe is complete, as far as
    there are candles.
    """

    first: int | None = None
    candles: int = WINDOW_CANDLES


FIRST_WINDOW = Window()


def examine(
    subject: Subject,
    pair: str,
    *,
    window: Window = FIRST_WINDOW,
    workers: int | None = None,
    progress: Progress = silent,
) -> Examination:
    """Examine one pair. `workers` processes share the work; chosen by its size where None.

    Raises:
        BadCandles: too few candles.
        StrategyError: the strategy can't be loaded, or fails on all candles.
    """
    runs = Runs(subject)
    span = _span(runs, pair, len(subject.candles[pair]), window)
    since = span.first + runs.startup
    whole = runs.run(pair, span.first, span.end, since=since)
    unsteady = _unsteady(runs.run(pair, span.first, span.end, since=since), whole)
    undefined = undefined_columns(whole, runs.startup)
    lengths = prefix_lengths(
        span.settled,
        window.candles,
        defined=max([0, *(needed for needed in undefined.values() if needed is not None)]),
        rows=span.end - span.first,
    )
    tails = Tails(pair=pair, first=span.first, rows=ROWS_COMPARED, lengths=lengths)
    found = run_tails(subject, runs, tails, workers, progress)
    place = _Place(runs.dates(pair, span.first, span.end), span.settled)
    traded, warming = _findings(joined(found.known), whole, place, unsteady) if found.known else ([], [])
    named = unsteady | {finding.column for finding in traded}
    return Examination(
        strategy=runs.strategy.get_strategy_name(),
        pair=pair,
        timeframe=runs.strategy.timeframe,
        startup_candles=runs.startup,
        settled_candles=span.settled,
        first_candle=place.date(span.settled),
        last_candle=place.date(lengths[-1] - 1),
        candles_whole_run=span.end - span.first,
        prefixes=len(lengths),
        columns=len(whole.columns) - 1,
        reads_future=traded,
        reads_future_in_warm_up=warming,
        start_dependent=start_dependent(runs, pair, whole, (span.first, span.settled), skip=named),
        undefined=undefined,
        not_deterministic=sorted(unsteady),
        failures=_failures(found.failures, lengths),
    )


class _Span(msgspec.Struct, frozen=True):
    """Rows [first, end) of the whole run; the first `settled` of them are not judged."""

    first: int
    end: int
    settled: int


def _span(runs: Runs, pair: str, available: int, window: Window) -> _Span:
    settled = runs.settled()
    wanted = settled + window.candles + CANDLES_AFTER
    first = window.first
    if first is None:
        first = max(0, min(runs.history() - runs.startup, available - wanted))
    left = available - first
    settled = max(runs.startup, min(settled, left - window.candles - 1))
    if left < runs.startup + 2:
        raise BadCandles(
            f"{left} candles of {pair} are too few: {runs.strategy.get_strategy_name()} needs "
            f"{runs.startup} to warm up, and at least two more to look at"
        )
    return _Span(first, first + min(left, wanted), settled)


def prefix_lengths(settled: int, candles: int, *, defined: int = 0, rows: int) -> list[int]:
    """Return the prefixes' lengths: one candle, two, a few of the start-up, and all of the window.

    Where columns have no value before row `defined`, a fifth of the window is right after the start-up
    and the rest where all have one. `rows` is the length of the whole run, which is no prefix.
    """
    warming = {1, 2, settled // 4, settled // 2, settled * 3 // 4, settled}
    early = candles // 5 if defined > settled else candles
    late = min(max(defined, settled + early), max(rows - 1 - (candles - early), settled + early))
    window = {*range(settled + 1, settled + early + 1), *range(late + 1, late + candles - early + 1)}
    return sorted(length for length in warming | window if 0 < length < rows)


def _unsteady(again: pd.DataFrame, whole: pd.DataFrame) -> set[str]:
    """Return the columns that differ between two runs on the same candles."""
    rows = by_date(again)
    return {found.column for found in differences(Known(rows, np.full(len(rows), len(rows))), whole)}


class _Place:
    """Where rows stand among the candles of the whole run."""

    def __init__(self, dates: pd.DatetimeIndex, settled: int) -> None:
        self._position = pd.Series(np.arange(len(dates)), index=dates)
        self._settled = settled

    def date(self, row: int) -> str:
        """Return the open time of a row's candle."""
        return str(self._position.index[row])

    def ages(self, known: Known) -> Places:
        """Return how many candles each row's run had after it."""
        return known.lengths - 1 - self._rows(known)

    def are_traded(self, known: Known) -> Booleans:
        """Return which rows are past the start-up."""
        traded: Booleans = self._rows(known) >= self._settled
        return traded

    def _rows(self, known: Known) -> Places:
        return self._position.reindex(known.rows.index).to_numpy(dtype=np.int64)


def _findings(
    known: Known, whole: pd.DataFrame, place: _Place, unsteady: set[str]
) -> tuple[list[ColumnFinding], list[ColumnFinding]]:
    """Return what differs in candles that are traded, and what differs only in the warm-up."""
    ages, is_traded = place.ages(known), place.are_traded(known)
    found: dict[bool, list[ColumnFinding]] = defaultdict(list)
    named: set[str] = set()
    for difference in differences(known, whole):
        if difference.column in unsteady:
            continue
        for rows, traded in ((is_traded, True), (~is_traded, False)):
            where = difference.where[rows[difference.where]]
            if len(where) and difference.column not in named:
                named.add(difference.column)
                found[traded].append(
                    _finding(difference, where, ages, int(np.unique(known.lengths[rows]).size))
                )
    return found[True], found[False]


def _finding(difference: ColumnDifference, where: Places, ages: Places, checked: int) -> ColumnFinding:
    oldest = int(ages[where].max())
    dates = difference.known.index
    # The first candle, and of its rows the one that knew least.
    first = min(where, key=lambda row: (dates[row], ages[row]))
    return ColumnFinding(
        column=difference.column,
        kind=_kind(difference.column),
        date=str(dates[first]),
        known=plain(difference.known.iloc[first]),
        later=plain(difference.later.iloc[first]),
        candles=len(set(dates[where])),
        checked=checked,
        reach=oldest + 1 if oldest + 1 < ROWS_COMPARED else None,
    )


def _kind(column: str) -> Kind:
    if column in SIGNALS:
        return "signal"
    return "tag" if column in TAGS else "indicator"


def _failures(failures: Mapping[int, str], lengths: Sequence[int]) -> list[RunFailure]:
    """Group failed runs by what they said; those shorter than every run that went well are too short."""
    shortest = min((length for length in lengths if length not in failures), default=0)
    grouped: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for length, message in sorted(failures.items()):
        grouped[length < shortest, message].append(length)
    return [
        RunFailure(prefixes=own, message=message, is_too_short=is_too_short)
        for (is_too_short, message), own in grouped.items()
    ]
