"""The archive on a real PostgreSQL: all or nothing, once, whatever dies and whenever."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from market.clock import NS_PER_S, ManualClock
from market.codecs import decode_batch, encode_batch
from market.events import Bar, FeedState, MarketEvent, Quarantined
from market.topics import BARS, BOOKS, QUARANTINE, QUOTES, TOPICS, TRADES
from market.validation import Context
from runtime.errors import DatabaseRefused, Unavailable
from runtime.event_log import EventLog, NewRecord, open_event_log
from runtime.event_log.port import RECORD_BYTES_MAX
from runtime.postgres import Connection, connect
from runtime.settings import CoreSettings
from streaming.flows.archive import Archive, Unit
from streaming.flows.bars import Bars
from streaming.flows.books import Books
from streaming.flows.dataflow import Steps
from streaming.flows.decode import Decoder
from streaming.flows.positions import load_start
from streaming.flows.quality import FeedQuality, QualityLimits
from streaming.flows.retention import SLOT_NS, TickPartitions
from streaming.flows.rounds import Position, Refused, Round
from streaming.flows.tables import prepare
from streaming.flows.validate import Gate
from tests.streaming.flows.rounds import PARTITION
from tests.support.market_events import MINUTE, NOON, bar, quote, snapshot, status, trade

FLOW = "test"
INPUTS = (TRADES, QUOTES, BOOKS)
END = NOON + 2 * MINUTE


class Killed(Exception):
    """Stands for SIGKILL: nothing after it happens."""


class Fuse:
    """Burns down by one at each step and kills at zero."""

    def __init__(self, steps: int | None) -> None:
        self._left = steps

    def step(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Killed


class MortalConnection:
    """A connection that may be killed before each of its calls."""

    def __init__(self, connection: Connection, fuse: Fuse) -> None:
        self._connection, self._fuse = connection, fuse

    def __getattr__(self, name: str) -> Any:
        if name in ("execute", "cursor", "commit"):
            self._fuse.step()
        return getattr(self._connection, name)


class MortalLog:
    """A log that may be killed before and after each append."""

    def __init__(self, log: EventLog, fuse: Fuse) -> None:
        self._log, self._fuse = log, fuse

    def append(self, records: Sequence[NewRecord]) -> list[int]:
        self._fuse.step()
        offsets = self._log.append(records)
        self._fuse.step()
        return offsets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


@pytest.fixture
def settings(postgres_settings: CoreSettings) -> CoreSettings:
    return postgres_settings


@pytest.fixture
def event_log(settings: CoreSettings) -> Iterator[EventLog]:
    log = open_event_log(settings)
    log.create_topics(TOPICS)
    yield log
    log.close()


def _archive(connection: Any, log: Any, settings: CoreSettings, incarnations: dict[str, str]) -> Archive:
    return Archive(
        connection,
        log,
        flow=FLOW,
        sender="flows/1",
        incarnations=incarnations,
        ticks=TickPartitions(settings, ManualClock(END)),
        pending_rows_max=1000,
    )


def _write(settings: CoreSettings, log: EventLog, unit: Unit) -> None:
    with connect(settings) as connection:
        prepare(connection)
        _archive(connection, log, settings, dict.fromkeys((topic.name for topic in TOPICS), "")).write(unit)


def _rows(settings: CoreSettings, query: str) -> list[tuple[object, ...]]:
    with connect(settings) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def _scenario() -> list[list[MarketEvent]]:
    """Two minutes of one market in five batches, each with a bad trade among good ones."""
    batches: list[list[MarketEvent]] = [[status(FeedState.LIVE, "connected", NOON - 2 * MINUTE), snapshot()]]
    for step in range(4):
        at = NOON + step * MINUTE // 2
        batches.append(
            [
                trade(str(100 + step), "0.5", at + 1, trade_id=f"{step}a"),
                trade("-1", "1", at + 2, trade_id=f"{step}bad"),
                quote("99", "101", at + 3),
                trade(str(101 + step), "0.25", at + 4, trade_id=f"{step}b"),
            ]
        )
    return batches


def _fill(log: EventLog) -> None:
    for number, events in enumerate(_scenario(), start=1):
        watermark = max(event.ts_event for event in events)
        by_topic = {TRADES: [], BOOKS: [], QUOTES: []}  # type: dict[Any, list[MarketEvent]]
        for event in events:
            kind = type(event).__name__
            topic = {"Quote": QUOTES, "BookSnapshot": BOOKS}.get(kind, TRADES)
            by_topic[topic].append(event)
        log.append(
            [
                NewRecord(
                    topic,
                    PARTITION,
                    encode_batch(found, sender="binance/1", sequence=number, watermark=watermark),
                )
                for topic, found in by_topic.items()
            ]
        )
    closing = encode_batch([], sender="binance/1", sequence=6, watermark=END + 2 * NS_PER_S)
    log.append([NewRecord(TRADES, PARTITION, closing)])


def _run(settings: CoreSettings, log: EventLog, fuse: Fuse) -> None:
    """Read the log to its end in small looks, a transaction each, as the dataflow does."""
    with connect(settings) as real:
        connection: Any = MortalConnection(real, fuse)
        start = load_start(connection, log, FLOW, INPUTS, range(4))
        archive = _archive(connection, MortalLog(log, fuse), settings, start.incarnations)
        archive._thread.start = lambda: None  # type: ignore[method-assign]
        archive.start()
        sequences = {key: kept.sequences for key, kept in start.snapshots.items()}
        steps = Steps(
            Decoder(start.committed, sequences),
            Gate(Context()),
            Books(10_000_000),
            Bars(2 * NS_PER_S, start.snapshots),
            FeedQuality(QualityLimits()),
        )
        positions = dict(start.read_from)
        while records := log.read(positions, wait_s=0, records_max=6):
            changed = {}
            for record in records:
                positions[record.topic, record.partition] = record.offset + 1
                changed[record.topic, record.partition] = Position(record.offset + 1, record.offset + 1)
            round_ = Round(END, records, changed)
            for step in (steps.decode, steps.validate, steps.books, steps.bars):
                round_ = step(round_)
            unit = Unit()
            unit.add(round_)
            archive.write(unit)


def _tables(settings: CoreSettings) -> list[list[tuple[object, ...]]]:
    return [
        _rows(settings, "SELECT trade_id, price, size FROM trades ORDER BY trade_id"),
        _rows(settings, "SELECT ts_event, bid_price FROM quotes ORDER BY ts_event"),
        _rows(settings, "SELECT open_time, open, high, low, close, volume, trade_count FROM bars ORDER BY 1"),
        _rows(settings, "SELECT reason, position FROM quarantine ORDER BY position"),
        _rows(settings, "SELECT topic, partition, next_offset FROM stream_offsets ORDER BY 1, 2"),
    ]


def _published(log: EventLog) -> list[Bar]:
    records = log.read({(BARS.name, PARTITION): 0}, wait_s=0)
    events = [event for record in records for event in decode_batch(record.payload).events]
    return [event for event in events if isinstance(event, Bar)]


def test_a_flow_that_is_killed_at_any_step_leaves_neither_duplicate_nor_hole(
    postgres_server: CoreSettings, settings: CoreSettings, event_log: EventLog
) -> None:
    _fill(event_log)
    _run(settings, event_log, Fuse(None))
    expected = _tables(settings)
    assert [len(table) for table in expected[:4]] == [8, 4, 2, 4]
    bars = {one.open_time for one in _published(event_log)}
    for steps in range(200):
        _rewind(settings)
        try:
            _run(settings, event_log, Fuse(steps))
        except Killed:
            _run(settings, event_log, Fuse(None))
        else:
            break
        found = _tables(settings)
        assert found[:4] == expected[:4], f"killed at step {steps}"
    else:
        pytest.fail("the scenario has more steps than were tried")
    assert steps > 30, "every statement, commit and append was a step"
    assert {one.open_time for one in _published(event_log)} == bars


def _rewind(settings: CoreSettings) -> None:
    with connect(settings) as connection:
        for table in (
            "trades",
            "quotes",
            "bars",
            "quarantine",
            "stream_offsets",
            "stream_states",
            "stream_outbox",
        ):
            connection.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]


def test_bars_are_published_even_when_the_flow_dies_right_after_the_commit(
    settings: CoreSettings, event_log: EventLog
) -> None:
    fuse = Fuse(None)
    with connect(settings) as connection:
        prepare(connection)
        archive = _archive(connection, MortalLog(event_log, fuse), settings, {})
        fuse._left = 0
        with pytest.raises(Killed):
            archive.write(Unit(bars=[bar()], built=[bar()]))
    assert _published(event_log) == []
    with connect(settings) as connection:
        archive = _archive(connection, event_log, settings, {})
        archive.start()
        archive.stop(5)
    assert _published(event_log) == [bar()]
    assert _rows(settings, "SELECT count(*) FROM stream_outbox") == [(0,)]


def test_a_bar_of_the_venue_replaces_one_built_here_and_never_the_reverse(
    settings: CoreSettings, event_log: EventLog
) -> None:
    ours, theirs = bar(volume="5"), bar(volume="6", source="venue")
    query = "SELECT source, volume FROM bars"
    _write(settings, event_log, Unit(bars=[ours]))
    assert _rows(settings, query) == [("trades", Decimal(5))]
    _write(settings, event_log, Unit(bars=[theirs]))
    assert _rows(settings, query) == [("venue", Decimal(6))]
    _write(settings, event_log, Unit(bars=[ours]))
    assert _rows(settings, query) == [("venue", Decimal(6))]
    _write(settings, event_log, Unit(bars=[ours, theirs, ours]))
    assert _rows(settings, query) == [("venue", Decimal(6))]


def test_prices_times_and_odd_texts_arrive_exactly(settings: CoreSettings, event_log: EventLog) -> None:
    odd = trade("0.00000001", "123456789.123456789", NOON + 1_234_567, trade_id="a\tb\\N\nc")
    _write(settings, event_log, Unit(trades=[odd], quotes=[quote()]))
    (row,) = _rows(settings, "SELECT trade_id, price, size, extract(epoch FROM ts_event) FROM trades")
    assert row == ("a\tb\\N\nc", odd.price, odd.size, Decimal("1723118400.001234"))


def test_a_trade_that_comes_again_stays_as_it_is(settings: CoreSettings, event_log: EventLog) -> None:
    _write(settings, event_log, Unit(trades=[trade("100"), trade("100")]))
    _write(settings, event_log, Unit(trades=[trade("100")]))
    assert _rows(settings, "SELECT count(*) FROM trades") == [(1,)]


def test_refusals_of_more_bytes_than_a_record_may_have_are_told_in_several(
    settings: CoreSettings, event_log: EventLog
) -> None:
    """In one record the log would refuse them, at this start and, out of the outbox, at every other."""
    event = Quarantined(
        venue="binance", symbol="BTC/USDT", ts_event=NOON, ts_init=NOON, reason="data.event_time", detail="",
        raw=b"x" * 60_000,
    )  # fmt: skip
    count = RECORD_BYTES_MAX // len(event.raw) + 2
    _write(settings, event_log, Unit(refused=[Refused(event, str(at), is_ours=True) for at in range(count)]))
    records = event_log.read({(QUARANTINE.name, 0): 0}, wait_s=1)
    assert sum(len(decode_batch(record.payload).events) for record in records) == count


def test_a_refusal_of_a_new_log_is_kept_beside_that_of_the_old_one_at_the_same_place(
    settings: CoreSettings, event_log: EventLog
) -> None:
    event = Quarantined(
        venue="binance", symbol="BTC/USDT", ts_event=NOON, ts_init=NOON, reason="data.jump", detail="",
        raw=b"",
    )  # fmt: skip
    for incarnation in ("old", "old", "new"):
        with connect(settings) as connection:
            prepare(connection)
            archive = _archive(connection, event_log, settings, {TRADES.name: incarnation})
            archive.write(Unit(refused=[Refused(event, f"{TRADES.name}/0/7/0", is_ours=False)]))
    assert _rows(settings, "SELECT count(*) FROM quarantine") == [(2,)]


def test_a_row_that_the_database_refuses_ends_the_run_and_is_told(
    settings: CoreSettings, event_log: EventLog
) -> None:
    """A thread that ended in silence would leave a flow that looks ready and writes nothing."""
    connection = connect(settings)
    archive = _archive(connection, event_log, settings, dict.fromkeys((topic.name for topic in TOPICS), ""))
    archive.start()
    archive.put(Unit(bars=[msgspec.structs.replace(bar(), trade_count=2**40)]))
    archive.stop(5)
    assert isinstance(archive.failure, DatabaseRefused)
    assert "out of range" in str(archive.failure)


def test_a_database_that_goes_away_while_old_ticks_are_dropped_is_a_failure_that_passes(
    settings: CoreSettings, event_log: EventLog
) -> None:
    archive = _archive(
        connect(settings), event_log, settings, dict.fromkeys((topic.name for topic in TOPICS), "")
    )
    with connect(settings, autocommit=True) as other:
        other.execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
        )
        other.execute("CREATE TRIGGER cut BEFORE DELETE ON quarantine EXECUTE FUNCTION cut()")
        archive.start()
        archive.put(Unit(trades=[trade()]))
        archive.stop(5)
        other.execute("DROP FUNCTION cut CASCADE")
    assert isinstance(archive.failure, Unavailable)


def test_ticks_past_their_retention_are_dropped_with_their_partition(
    settings: CoreSettings, event_log: EventLog
) -> None:
    clock = ManualClock(NOON)
    ticks = TickPartitions(settings.model_copy(update={"tick_retention_s": 1200}), clock)
    with connect(settings) as connection:
        prepare(connection)
        for _ in range(6):
            archive = _archive(connection, event_log, settings, {})
            archive._ticks = ticks
            archive.write(Unit(trades=[trade(at=clock.now_ns())], quotes=[quote(at=clock.now_ns())]))
            ticks.maintain()
            clock.advance(SLOT_NS)
        archive.write(Unit(trades=[trade(at=NOON)]))
        ticks.maintain()
    kept = _rows(settings, "SELECT ts_event FROM trades ORDER BY 1")
    assert len(kept) == 2, "those that reach into the retention; the late one is past it"
    partitions = _rows(settings, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'trades'::regclass")
    assert partitions == [(4,)], "those, the one under way and the one ahead"
