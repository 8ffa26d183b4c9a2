"""The journal on PostgreSQL: atomic, append-only, one writer, and the same ledger after a restart."""

from collections.abc import Callable, Iterator
from queue import SimpleQueue

import psycopg
import pytest

from market.clock import ManualClock
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.trading.core.builders import (
    BTC,
    FEES,
    START_NS,
    VENUES,
    Bench,
    config,
    enter,
    frame,
    leave,
    quality,
)
from tests.trading.core.scripts import picture
from trading.adapters.journal import JournalReader, PostgresJournal
from trading.adapters.journal_watch import JournalWatch
from trading.core.engine import Engine
from trading.core.instruments import InstrumentTable
from trading.core.ledger import MemoryJournal
from trading.errors import JournalConflict, JournalTaken, JournalUnavailable
from trading.ports import Journal, JournalEntry


@pytest.fixture
def journal(postgres_settings: CoreSettings) -> Iterator[PostgresJournal]:
    with PostgresJournal(postgres_settings, takeover_s=0) as opened:
        yield opened


@pytest.fixture(params=["memory", "postgres"])
def any_journal(request: pytest.FixtureRequest) -> Journal:
    made: Journal = MemoryJournal() if request.param == "memory" else request.getfixturevalue("journal")
    return made


def entry(seq: int, *, kind: str = "note", payload: str = '{"ts": 7}') -> JournalEntry:
    return JournalEntry(seq=seq, ts=7, kind=kind, client_order_id=None, payload=payload.encode())


def numbers(journal: Journal, after_seq: int = 0) -> list[int]:
    return [stored.seq for stored in journal.replay(after_seq)]


def test_entries_are_replayed_in_order_and_after_a_number(any_journal: Journal) -> None:
    any_journal.append([entry(1), entry(2)])
    any_journal.append([entry(3)])

    assert numbers(any_journal) == [1, 2, 3]
    assert numbers(any_journal, 2) == [3]
    assert next(any_journal.replay()).ts == 7


def test_a_number_that_is_there_already_stores_nothing_of_the_batch(any_journal: Journal) -> None:
    any_journal.append([entry(1)])

    with pytest.raises(JournalConflict):
        any_journal.append([entry(1), entry(2)])

    assert numbers(any_journal) == [1]


def test_more_entries_than_one_read_takes_are_all_replayed(
    journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.adapters.journal.BATCH_ENTRIES", 3)
    journal.append([entry(seq) for seq in range(1, 8)])

    assert numbers(journal) == [1, 2, 3, 4, 5, 6, 7]


def test_a_fill_is_booked_once_whatever_its_number(journal: PostgresJournal) -> None:
    journal.append([entry(1, kind="fill", payload='{"ts": 7, "fill_id": "a-1"}')])

    with pytest.raises(JournalConflict, match="journal_one_fill"):
        journal.append([entry(2, kind="fill", payload='{"ts": 7, "fill_id": "a-1"}')])


@pytest.mark.parametrize(
    "statement", ["UPDATE journal SET ts = now()", "DELETE FROM journal", "TRUNCATE journal"]
)
def test_the_table_refuses_every_change(
    journal: PostgresJournal, postgres_settings: CoreSettings, statement: str
) -> None:
    journal.append([entry(1)])

    with connect(postgres_settings) as connection, pytest.raises(psycopg.Error, match="append-only"):
        connection.execute(statement.encode())


def test_a_second_writer_is_refused_in_words_until_the_first_is_gone(postgres_settings: CoreSettings) -> None:
    first = PostgresJournal(postgres_settings)
    with pytest.raises(JournalTaken, match="another trading process writes to this journal"):
        PostgresJournal(postgres_settings, takeover_s=0)
    first.close()

    PostgresJournal(postgres_settings).close()


def test_a_writer_that_loses_its_connection_says_so_and_never_writes_again(
    journal: PostgresJournal, postgres_settings: CoreSettings
) -> None:
    with connect(postgres_settings, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'tidegate-journal-writer' AND datname = current_database()"
        )

    for _ in range(2):
        with pytest.raises(JournalUnavailable, match="can't be written"):
            journal.append([entry(1)])


def test_the_watch_tells_of_a_lost_connection_before_anything_is_written(
    journal: PostgresJournal, postgres_settings: CoreSettings
) -> None:
    failures: SimpleQueue[BaseException] = SimpleQueue()
    watch = JournalWatch(journal, failures.put)
    watch.start()
    try:
        with connect(postgres_settings, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'tidegate-journal-writer' AND datname = current_database()"
            )
        assert isinstance(failures.get(timeout=60), JournalUnavailable)
    finally:
        watch.stop()


def test_a_write_that_takes_too_long_counts_as_lost(
    journal: PostgresJournal, postgres_settings: CoreSettings
) -> None:
    journal._connection.execute(b"SET statement_timeout = 50")
    with connect(postgres_settings) as other:
        other.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(JournalUnavailable, match="statement timeout"):
            journal.append([entry(1)])


def test_a_reader_connects_anew_after_its_connection_broke(
    journal: PostgresJournal, postgres_settings: CoreSettings
) -> None:
    journal.append([entry(1)])
    reader = JournalReader(postgres_settings)
    assert numbers(reader) == [1]  # type: ignore[arg-type]
    with connect(postgres_settings, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'tidegate-journal-reader' AND datname = current_database()"
        )

    with pytest.raises(JournalUnavailable, match="can't be read"):
        numbers(reader)  # type: ignore[arg-type]
    assert numbers(reader) == [1]  # type: ignore[arg-type]
    reader.close()


def test_a_database_that_is_not_there_is_one_clear_error(postgres_settings: CoreSettings) -> None:
    nowhere = CoreSettings(data_dir=postgres_settings.data_dir, port_base=postgres_settings.port_base)

    with pytest.raises(JournalUnavailable, match="no database in"):
        PostgresJournal(nowhere)
    with pytest.raises(JournalUnavailable, match="no database in"):
        numbers(JournalReader(nowhere))  # type: ignore[arg-type]


def trade(engine: Engine, clock: ManualClock) -> None:
    for venue in VENUES:
        engine.on_live(frame(venue=venue))
        engine.on_quality(quality(venue=venue))
    engine.on_signal(enter(size="1.23457"))
    engine.on_signal(enter("rests", limit="99"))
    engine.on_signal(leave("part", size="0.33333"))
    engine.set_strategy("ema", is_on=True)
    engine.on_signal(enter("dogs", symbol="DOGE/USDT"))
    clock.advance(60_000_000_001)
    engine.on_clock(clock.now_ns())
    engine.halt("tea", by="operator")


def new_engine(journal: Journal, clock: ManualClock) -> Engine:
    return Engine(config(data_age_max_s=600), clock=clock, journal=journal, instruments=InstrumentTable(FEES))


def test_the_account_is_rebuilt_from_the_database_to_the_last_digit(
    journal: PostgresJournal, postgres_settings: CoreSettings
) -> None:
    clock = ManualClock(START_NS)
    engine = new_engine(journal, clock)
    engine.recover()
    trade(engine, clock)
    expected = picture(engine)
    journal.close()

    with PostgresJournal(postgres_settings) as again:
        restarted = new_engine(again, clock)
        assert restarted.recover() == engine._state.seq
        for venue in VENUES:
            restarted.on_live(frame(venue=venue))
            restarted.on_quality(quality(venue=venue))
        assert picture(restarted) == expected


def test_both_journals_hold_the_same_records(journal: PostgresJournal) -> None:
    kept: list[list[tuple[int, str, str | None, int]]] = []
    stores: list[Callable[[], Journal]] = [MemoryJournal, lambda: journal]
    for store in stores:
        clock, opened = ManualClock(START_NS), store()
        engine = new_engine(opened, clock)
        engine.recover()
        trade(engine, clock)
        kept.append([(line.seq, line.kind, line.client_order_id, line.ts) for line in opened.replay()])

    assert kept[0] == kept[1]
    assert BTC in Bench().config.symbols
