"""Carry a download out: markets, then series after series, into files and the database."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from runtime.errors import Unavailable
from runtime.postgres import connect
from runtime.settings import CoreSettings, load
from runtime.supervisor.status import where_it_runs
from trading.adapters.history.bars_table import store_bars
from trading.adapters.history.errors import HistoryError, UnknownVenue
from trading.adapters.history.series import Series, fetch_series
from trading.adapters.history.venue import Venue, open_venue
from trading.backtesting.commands.messages import BAD_INPUT, complain, remark
from trading.backtesting.data.columns import RawCandles
from trading.backtesting.data.markets import write_markets
from trading.backtesting.data.time_range import moment_text
from trading.strategy_framework.candles.times import timeframe_to_seconds

DAY_MS = 86_400_000
PERPETUAL_TIMEFRAME = "1h"
"""The timeframe under which freqtrade keeps mark prices and funding rates."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to fetch: candles that open in [start_ms, end_ms) and have closed by `now_ms`."""

    venue: str
    pairs: tuple[str, ...]
    timeframes: tuple[str, ...]
    is_futures: bool
    start_ms: int
    end_ms: int
    now_ms: int
    folder: Path
    uses_database: bool


def download(order: Order) -> int:
    """Fetch everything; a series that fails is told and the others go on. Return 0, or 2 if one failed.

    Raises:
        UnknownVenue: ccxt knows no such exchange, or it has no such timeframe.
        UnknownSymbol: it does not list a pair.
        VenueUnavailable: it does not even name its markets.
        NotWritten: the folder can't be written.
    """
    settings = where_it_runs(load(CoreSettings))
    venue = open_venue(order.venue, simulator_url=settings.simulator_url, is_futures=order.is_futures)
    _check_timeframes(venue, order)
    write_markets(order.folder, venue.markets(order.pairs))
    failed = 0
    for series in _series(order):
        try:
            candles, new = _fetch(venue, order, series)
        except HistoryError as error:
            complain("download", f"{series.pair} {series.timeframe}: {error}")
            failed += 1
            continue
        _say(series, candles, new)
        if order.uses_database:
            order = _into_database(settings, order, series, candles)
    sys.stdout.write(f"the candles are in {order.folder}\n")
    if settings.simulator_url is not None:
        sys.stdout.write(
            f"they are simulated prices of {settings.simulator_url}, none of {order.venue}'s own; "
            f"use them with --datadir {order.folder}\n"
        )
    return BAD_INPUT if failed else 0


def _series(order: Order) -> Iterator[Series]:
    for pair in order.pairs:
        for timeframe in order.timeframes:
            yield _closed(order, pair, timeframe, "futures" if order.is_futures else "spot")
        if order.is_futures:
            yield _closed(order, pair, PERPETUAL_TIMEFRAME, "mark")
            yield _closed(order, pair, PERPETUAL_TIMEFRAME, "funding_rate")


def _closed(order: Order, pair: str, timeframe: str, candle_type: str) -> Series:
    """Return a series without the candle that is still open."""
    length_ms = 0 if candle_type == "funding_rate" else timeframe_to_seconds(timeframe) * 1000
    end_ms = min(order.end_ms, order.now_ms - length_ms + 1)
    return Series(pair, timeframe, candle_type, order.start_ms, end_ms)


def _check_timeframes(venue: Venue, order: Order) -> None:
    known = venue.timeframes()
    for timeframe in order.timeframes:
        if known and timeframe not in known:
            raise UnknownVenue(f"{order.venue} has no {timeframe} candles; it has {', '.join(known)}")
        try:
            timeframe_to_seconds(timeframe)
        except ValueError as error:
            raise UnknownVenue(str(error)) from None


def _fetch(venue: Venue, order: Order, series: Series) -> tuple[RawCandles, int]:
    if not sys.stderr.isatty():
        return fetch_series(venue, order.folder, series)
    bar = _bar()
    total = max((series.end_ms - series.start_ms) // series.step_ms, 1)
    task = bar.add_task(f"{series.pair} {series.timeframe} {series.candle_type}", total=total)

    def reached(moment_ms: int) -> None:
        bar.update(task, completed=(moment_ms - series.start_ms) // series.step_ms)

    with bar:
        return fetch_series(venue, order.folder, series, reached)


def _bar() -> Any:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    return Progress(console=Console(stderr=True), transient=True)


def _say(series: Series, candles: RawCandles, new: int) -> None:
    name = f"{series.pair} {series.timeframe}" + (
        "" if series.candle_type == "spot" else f" {series.candle_type}"
    )
    if not len(candles.dates_ms):
        sys.stdout.write(f"{name}: the exchange has none in this time\n")
        return
    first, last = (moment_text(int(moment) / 1000) for moment in candles.dates_ms[[0, -1]])
    starts_late = candles.dates_ms[0] - series.start_ms > DAY_MS
    late = f"; the exchange gives none before {first}" if starts_late else ""
    sys.stdout.write(f"{name}: {new:,} new, {len(candles.dates_ms):,} in all, {first} to {last}{late}\n")


def _into_database(settings: CoreSettings, order: Order, series: Series, candles: RawCandles) -> Order:
    """Keep the candles in the table too; without a database say so once, and go on with files."""
    try:
        with connect(settings, name="tidegate-download") as connection:
            store_bars(connection, order.venue, series.pair, series.timeframe, candles)
    except Unavailable as error:
        remark([f"into files only: {error}"])
        return msgspec.structs.replace(order, uses_database=False)
    return order
