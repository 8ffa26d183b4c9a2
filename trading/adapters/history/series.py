"""Fetch one series of candles into its file: what is missing before and after what is there.

The file stays whole at any moment: candles behind its end are added every so many pages and when the
work is interrupted, so that the same command goes on where it stopped; candles before its start are
added at once, when they reach it, so that no hole can stay between.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from trading.adapters.history.venue import Row, Venue
from trading.backtesting.data.columns import RawCandles, empty_candles, value_columns
from trading.backtesting.data.files.writing import merge_candles, stored_candles, write_candles
from trading.strategy_framework.candles.times import timeframe_to_seconds

PAGES_PER_WRITE = 50
EMPTY_PAGES_MAX = 5
"""After so many pages without a candle the exchange has no more."""

Reached = Callable[[int], None]


class Series(NamedTuple):
    """What to fetch: a pair's candles of a type, that open in [start_ms, end_ms)."""

    pair: str
    timeframe: str
    candle_type: str
    start_ms: int
    end_ms: int

    @property
    def step_ms(self) -> int:
        """The length of a candle."""
        return timeframe_to_seconds(self.timeframe) * 1000


def fetch_series(
    venue: Venue, folder: Path, series: Series, reached: Reached = lambda _: None
) -> tuple[RawCandles, int]:
    """Complete the file of a series; return all that it holds now, and how many candles are new.

    `reached` is told the open time (ms) up to which the series is complete, page by page.

    Raises:
        VenueUnavailable: the exchange stopped answering; what came until then is kept.
        BadCandles: the file that is there can't be read.
        NotWritten: the file can't be written.
    """
    stored = stored_candles(folder, series.pair, series.timeframe, series.candle_type)
    if stored is None or not len(stored.dates_ms):
        return _append(venue, folder, series, empty_candles(series.candle_type), series.start_ms, reached)
    before = len(stored.dates_ms)
    first_ms = int(stored.dates_ms.min())
    if series.start_ms < first_ms:
        rows = [row for page in _pages(venue, series, series.start_ms, first_ms, reached) for row in page]
        if rows:
            stored = merge_candles(stored, _candles(rows, series.candle_type))
            write_candles(folder, series.pair, series.timeframe, series.candle_type, stored)
    added = len(stored.dates_ms) - before
    # The last stored candle is asked for again: another program may have kept it while it was open.
    candles, appended = _append(venue, folder, series, stored, int(stored.dates_ms.max()), reached)
    return candles, added + appended


def _append(
    venue: Venue, folder: Path, series: Series, stored: RawCandles, since_ms: int, reached: Reached
) -> tuple[RawCandles, int]:
    before, rows = len(stored.dates_ms), list[Row]()

    def keep() -> None:
        nonlocal stored
        if rows:
            stored = merge_candles(stored, _candles(rows, series.candle_type))
            write_candles(folder, series.pair, series.timeframe, series.candle_type, stored)
            rows.clear()

    try:
        for number, page in enumerate(_pages(venue, series, since_ms, series.end_ms, reached), start=1):
            rows += page
            if number % PAGES_PER_WRITE == 0:
                keep()
    finally:
        keep()
    return stored, len(stored.dates_ms) - before


def _pages(
    venue: Venue, series: Series, since_ms: int, until_ms: int, reached: Reached
) -> Iterator[list[Row]]:
    """Yield the rows in [since_ms, until_ms) page by page, closed candles only, oldest first."""
    end_ms, empty = min(until_ms, series.end_ms), 0
    while since_ms < end_ms and empty < EMPTY_PAGES_MAX:
        rows = venue.candles(series.pair, series.timeframe, series.candle_type, since_ms)
        page = [row for row in rows if since_ms <= row.open_ms < end_ms]
        if page:
            yield page
            since_ms, empty = (
                page[-1].open_ms + (series.step_ms if series.candle_type != "funding_rate" else 1),
                0,
            )
        elif rows and rows[0].open_ms >= end_ms:
            return
        else:
            since_ms, empty = since_ms + venue.page_rows * series.step_ms, empty + 1
        reached(min(since_ms, end_ms))


def _candles(rows: list[Row], candle_type: str) -> RawCandles:
    names = value_columns(candle_type)
    table = np.array([row.values for row in rows], dtype=np.float64)
    dates = np.array([row.open_ms for row in rows], dtype=np.int64)
    unique, first = np.unique(dates, return_index=True)
    return RawCandles(unique, {name: table[first, index] for index, name in enumerate(names)})
