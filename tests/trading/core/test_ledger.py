"""Money is exact: positions are the sum of fills, P&L the change of equity, a replay the same."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from market.clock import ManualClock
from market.events import Side
from tests.trading.core.builders import FEES, START_NS, VENUES, Bench, config, enter, leave, levels
from tests.trading.core.scripts import Step, perform, picture, scripts
from trading.core.engine import Engine
from trading.core.instruments import InstrumentTable
from trading.core.ledger import MemoryJournal, decode_record, encode_record
from trading.core.orders import Fill
from trading.errors import JournalConflict


def run(script: list[Step]) -> tuple[Engine, MemoryJournal, ManualClock]:
    clock, journal = ManualClock(START_NS), MemoryJournal()
    engine = Engine(
        config(data_age_max_s=300), clock=clock, journal=journal, instruments=InstrumentTable(FEES)
    )
    engine.recover()
    for step in script:
        perform(engine, clock, step)
    return engine, journal, clock


def fills_of(journal: MemoryJournal) -> list[Fill]:
    records = [decode_record(entry) for entry in journal.entries]
    return [record for record in records if isinstance(record, Fill)]


@given(script=scripts(30))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_positions_are_the_sum_of_fills_and_pnl_less_fees_is_the_change_of_equity(script: list[Step]) -> None:
    engine, journal, _ = run(script)

    fills = fills_of(journal)
    held: dict[tuple[str, str], Decimal] = {}
    cash = Decimal(100_000)
    for fill in fills:
        sign = 1 if fill.side is Side.BUY else -1
        key = (fill.symbol, fill.strategy)
        held[key] = held.get(key, Decimal(0)) + sign * fill.size
        cash -= sign * fill.price * fill.size + fill.fee
    positions = engine.positions()
    assert {(view.symbol, view.strategy): view.size for view in positions} == {
        key: size for key, size in held.items() if size
    }
    assert len({fill.fill_id for fill in fills}) == len(fills)
    portfolio = engine.portfolio()
    assert portfolio.cash == cash
    assert portfolio.fees == sum((fill.fee for fill in fills), Decimal(0))
    assert portfolio.realized_pnl + portfolio.unrealized_pnl - portfolio.fees == portfolio.equity - Decimal(
        100_000
    )
    assert sum((view.pnl for view in engine.strategies()), Decimal(0)) == portfolio.equity - Decimal(100_000)
    assert portfolio.equity == cash + sum((view.size * view.mark_price for view in positions), Decimal(0))


@given(script=scripts(30))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_replay_gives_the_same_account_and_adds_nothing(script: list[Step]) -> None:
    engine, journal, clock = run(script)
    before, length = picture(engine), len(journal.entries)

    again = Engine(
        config(data_age_max_s=300), clock=clock, journal=journal, instruments=InstrumentTable(FEES)
    )

    assert again.recover() == length
    assert len(journal.entries) == length
    for venue_frame in engine._markets._frames.values():
        again.on_live(venue_frame)
    for judged in engine._markets._qualities.values():
        again.on_quality(judged)
    assert picture(again) == before


@given(script=scripts(20))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_every_record_survives_its_encoding(script: list[Step]) -> None:
    _, journal, _ = run(script)

    for entry in journal.entries:
        assert encode_record(entry.seq, decode_record(entry)) == entry


@given(script=scripts(30))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_no_entry_ever_lifts_exposure_over_its_limit_at_the_moment_of_the_decision(
    script: list[Step],
) -> None:
    clock, journal = ManualClock(START_NS), MemoryJournal()
    limited = config(exposure_limit=Decimal("0.004"), data_age_max_s=300)
    engine = Engine(limited, clock=clock, journal=journal, instruments=InstrumentTable(FEES))
    engine.recover()
    for step in script:
        before = engine.portfolio().exposure
        perform(engine, clock, step)
        if step.kind == "enter" and engine.portfolio().exposure > before:
            # The book may be walked past the price that was proposed, by its second level at most.
            assert engine.portfolio().exposure <= Decimal("0.0041")


def test_a_round_trip_in_parts_realises_exactly_what_it_gained() -> None:
    bench = Bench()
    bench.engine.on_signal(enter("a", size="3"))
    bench.live(venue="kraken", bids=levels((90, 1)), asks=levels((300, 1)), after_s=0)
    bench.live(bids=levels((99, 1000)), asks=levels((100, 1000)))
    bench.engine.on_signal(enter("b", size="4"))
    bench.live(bids=levels((110, 1000)), asks=levels((111, 1000)))
    for number in range(3):
        bench.engine.on_signal(leave(f"out-{number}", size="1.11111"))
    bench.engine.on_signal(leave("rest"))

    portfolio = bench.engine.portfolio()
    assert portfolio.realized_pnl == 7 * 110 - 3 * 101 - 4 * 100
    assert bench.engine.strategies()[0].trades == 1
    assert bench.engine.positions() == []


def test_the_memory_journal_refuses_a_number_that_does_not_follow() -> None:
    bench = Bench()
    journal = bench.journal
    assert isinstance(journal, MemoryJournal)

    with pytest.raises(JournalConflict, match="entry 1 where 2 is due"):
        journal.append(journal.entries[:1])
    assert len(VENUES) == 2
    assert list(journal.replay(1)) == []
