"""A crash at any step leaves what no crash would have left.

The journal dies before or after each of its writes; a new engine recovers from what is durable, sees
the newest frames as the event log would show them, and the step that died is delivered again.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from market.clock import ManualClock
from market.events import QualityState
from tests.trading.core.builders import (
    BTC,
    FEES,
    START_NS,
    VENUES,
    config,
    enter,
    frame,
    leave,
    levels,
    quality,
)
from tests.trading.core.scripts import STEP_NS, Step, perform, picture, scripts
from trading.core.engine import Engine
from trading.core.instruments import InstrumentTable
from trading.core.ledger import MemoryJournal
from trading.ports import JournalEntry


class Crash(Exception):
    """The process dies."""


class MortalJournal:
    """A journal whose process dies once, before or after the given write."""

    def __init__(self, *, dies_at: int, is_stored: bool) -> None:
        self.memory = MemoryJournal()
        self.writes = 0
        self._dies_at = dies_at
        self._is_stored = is_stored

    def append(self, entries: Sequence[JournalEntry]) -> None:
        self.writes += 1
        if self.writes != self._dies_at:
            self.memory.append(entries)
            return
        if self._is_stored:
            self.memory.append(entries)
        raise Crash

    def replay(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        return self.memory.replay(after_seq)


def live_through(script: Sequence[Step], journal: MortalJournal) -> Engine:
    """Run the script; at a crash start anew, catch up with the market, and repeat the step."""
    clock = ManualClock(START_NS)
    engine = _started(clock, journal)
    for number, step in enumerate(script):
        try:
            perform(engine, clock, step)
        except Crash:
            engine = _started(clock, journal)
            for seen in _present(script[: number + 1]):
                perform(engine, clock, seen._replace(ts=step.ts))
            perform(engine, clock, step)
    return engine


def _started(clock: ManualClock, journal: MortalJournal) -> Engine:
    while True:
        engine = Engine(
            config(data_age_max_s=300), clock=clock, journal=journal, instruments=InstrumentTable(FEES)
        )
        try:
            engine.recover()
        except Crash:
            continue
        return engine


def _present(script: Sequence[Step]) -> list[Step]:
    # Qualities first: the flow repeats them each second, so that no frame is judged without one.
    newest = {
        (step.kind, step.value.symbol, step.value.venue): step
        for step in script
        if step.kind in {"live", "quality"}
    }
    return sorted(newest.values(), key=lambda step: step.kind, reverse=True)


def crash_everywhere(script: Sequence[Step]) -> int:
    """Compare the uncrashed run with every crashed one; return how many there were."""
    calm_journal = MortalJournal(dies_at=0, is_stored=False)
    expected = picture(live_through(script, calm_journal))
    for write in range(1, calm_journal.writes + 1):
        for is_stored in (False, True):
            journal = MortalJournal(dies_at=write, is_stored=is_stored)
            assert picture(live_through(script, journal)) == expected, f"write {write}, stored {is_stored}"
            fill_ids = [entry.payload for entry in journal.memory.entries if entry.kind == "fill"]
            assert len(fill_ids) == len(expected["fills"])
    return 2 * calm_journal.writes


def day() -> list[Step]:
    """A day with every kind of step: thin books, resting orders, a halt, bad data, an exit."""
    moves: list[tuple[str, Any]] = [
        ("live", frame(asks=levels((101, 4), (102, 4)))),
        ("live", frame(venue="kraken", asks=levels((103, 4)))),
        ("quality", quality()),
        ("quality", quality(venue="kraken")),
        ("on", None),
        ("enter", enter("thin", stake=None, size="20")),
        ("enter", enter("rests", stake=None, size="3", limit="97", strategy="forecast")),
        ("live", frame(asks=levels((103, 8)))),
        ("live", frame(asks=levels((96, 2), (97, 5)), bids=levels((95, 9)))),
        ("quality", quality(state=QualityState.DEGRADED)),
        ("live", frame(asks=levels((94, 9)), bids=levels((93, 9)))),
        ("quality", quality()),
        ("leave", leave("out", size="2")),
        ("enter", enter("late", stake=None, size="5", limit="80")),
        ("cancel", None),
        ("enter", enter("doomed", stake=None, size="5", limit="80")),
        ("halt", None),
        ("leave", leave("denied")),
        ("resume", None),
        ("live", frame(bids=levels((110, 50)), asks=levels((111, 50)))),
        ("leave", leave("all")),
        ("off", None),
    ]
    steps = []
    for number, (kind, value) in enumerate(moves):
        ts = START_NS + number * STEP_NS
        if kind in {"live", "quality"}:
            steps.append(Step(kind, ts, msgspec.structs.replace(value, ts_init=ts, ts_event=ts)))
        else:
            steps.append(Step(kind, ts, value))
    return steps


def test_a_crash_before_and_after_every_write_of_a_full_day_changes_nothing() -> None:
    assert crash_everywhere(day()) > 40


@given(script=scripts(12))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_crash_before_and_after_every_write_of_any_day_changes_nothing(script: list[Step]) -> None:
    crash_everywhere(script)


def test_an_order_whose_time_ran_out_while_the_process_was_dead_expires_at_recovery() -> None:
    journal = MortalJournal(dies_at=3, is_stored=False)
    clock = ManualClock(START_NS)
    engine = _started(clock, journal)
    for venue in VENUES:
        engine.on_live(frame(venue=venue))
        engine.on_quality(quality(venue=venue))
    with pytest.raises(Crash):
        engine.on_signal(enter())

    clock.advance(61 * 1_000_000_000)
    recovered = _started(clock, journal)

    [order] = recovered.orders()
    assert (order.state, order.symbol, order.filled_size) == ("EXPIRED", BTC, 0)
