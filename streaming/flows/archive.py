"""Step 6: rows, positions, states and messages into the database, all in one transaction.

A thread of its own writes, so that live frames never wait for the disk. Rounds are gathered into a
`Unit` for some milliseconds; a unit is committed whole or not at all. Messages for the log (bars,
refusals) are committed with it in an outbox and appended afterwards: readers see them at least once.
Any failure ends the run; the next one begins where the tables say.
"""

import queue
import threading
from collections.abc import Mapping

import msgspec

from market.codecs import encode_batches
from market.events import Bar, MarketEvent, Quote, Trade
from market.topics import BARS, QUARANTINE, QUOTES, TRADES, Topic, partition_for
from runtime.errors import RuntimeFailure
from runtime.event_log import EventLog, NewRecord
from runtime.postgres import Connection, own_errors
from streaming.flows.metrics import COMMIT_SECONDS, PENDING_ROWS, ROWS
from streaming.flows.positions import clear_outbox, load_outbox, save_outbox, save_positions, save_states
from streaming.flows.retention import TickPartitions
from streaming.flows.rounds import PartitionKey, Position, Refused, Round
from streaming.flows.tables import prepare, write_bars, write_quarantine, write_quotes, write_trades

UNIT_ROWS_MAX = 20_000
QUEUE_WAIT_S = 0.25


class Unit(msgspec.Struct):
    """What one transaction writes."""

    trades: list[Trade] = []
    quotes: list[Quote] = []
    bars: list[Bar] = []
    built: list[Bar] = []
    refused: list[Refused] = []
    positions: dict[PartitionKey, Position] = {}
    states: dict[PartitionKey, bytes] = {}

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return len(self.trades) + len(self.quotes) + len(self.bars) + len(self.refused)

    def add(self, round_: Round) -> None:
        """Take in what a round came to."""
        for batch in round_.batches:
            if batch.is_replay:
                continue
            if batch.topic == TRADES.name:
                self.trades += [event for event in batch.events if type(event) is Trade]
            elif batch.topic == QUOTES.name:
                self.quotes += [event for event in batch.events if type(event) is Quote]
            elif batch.topic == BARS.name:
                self.bars += [event for event in batch.events if type(event) is Bar]
        self.bars += round_.bars
        self.built += round_.bars
        self.refused += round_.refused
        self.positions.update(round_.positions)
        self.states.update(round_.states)


class Archive:
    """Write units in order, on a thread; say when one failed."""

    def __init__(
        self,
        connection: Connection,
        event_log: EventLog,
        *,
        flow: str,
        sender: str,
        incarnations: Mapping[str, str],
        ticks: TickPartitions,
        pending_rows_max: int,
    ) -> None:
        """Take a connection of its own (not autocommit) and the log to append messages to."""
        self._connection = connection
        self._log = event_log
        self._flow, self._sender = flow, sender
        self._incarnations = incarnations
        self._ticks = ticks
        self._rows_max = pending_rows_max
        self._pending_rows = 0
        self._sequences: dict[PartitionKey, int] = {}
        self._units: queue.Queue[Unit | None] = queue.Queue()
        self._room = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="archive", daemon=True)
        self._appended: list[int] = []
        self.failure: RuntimeFailure | None = None

    def start(self) -> None:
        """Append what an earlier run left in the outbox, then start the thread."""
        with own_errors():
            prepare(self._connection)
            ids, records = load_outbox(self._connection, self._flow)
            self._log.append(records)
            clear_outbox(self._connection, ids)
            self._connection.commit()
        self._thread.start()

    @property
    def is_working(self) -> bool:
        """Whether the thread is alive; where it is not, `failure` mostly says why."""
        return self._thread.is_alive()

    def put(self, unit: Unit) -> None:
        """Hand over a unit; wait while too many rows are pending and the archive still works."""
        with self._room:
            while self._pending_rows >= self._rows_max and self.failure is None:
                self._room.wait(QUEUE_WAIT_S)
            self._pending_rows += unit.rows
        PENDING_ROWS.set(self._pending_rows)
        self._units.put(unit)

    def stop(self, timeout_s: float) -> None:
        """Write what was handed over, then end the thread and the connection."""
        self._units.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._connection.close()

    def write(self, unit: Unit) -> None:
        """Commit one unit, then append its messages.

        Raises:
            Unavailable: the database or the log went away; whether it was committed is unknown.
            DatabaseRefused: a row does not fit its table.
        """
        messages = self._messages(unit)
        with own_errors(), COMMIT_SECONDS.time():
            self._ticks.make_room(self._connection, unit.trades, unit.quotes)
            ids = self._write_rows(unit, messages)
            self._connection.commit()
        self._log.append(messages)
        self._appended += ids
        for table, rows in (("trades", unit.trades), ("quotes", unit.quotes), ("bars", unit.bars)):
            ROWS.labels(table).inc(len(rows))

    def _write_rows(self, unit: Unit, messages: list[NewRecord]) -> list[int]:
        connection = self._connection
        if unit.trades:
            write_trades(connection, self._ticks.unexpired("trades", unit.trades))
        if unit.quotes:
            write_quotes(connection, self._ticks.unexpired("quotes", unit.quotes))
        if unit.bars:
            write_bars(connection, unit.bars)
        if unit.refused:
            write_quarantine(connection, unit.refused, self._incarnations)
        save_positions(connection, self._flow, unit.positions, self._incarnations)
        save_states(connection, self._flow, unit.states)
        if self._appended:
            clear_outbox(connection, self._appended)
            self._appended = []
        return save_outbox(connection, self._flow, messages)

    def _messages(self, unit: Unit) -> list[NewRecord]:
        by_partition: dict[int, list[MarketEvent]] = {}
        for bar in unit.built:
            by_partition.setdefault(partition_for(str(bar.instrument_id), BARS), []).append(bar)
        records = [
            record for partition, bars in by_partition.items() for record in self._pack(BARS, partition, bars)
        ]
        if ours := [entry.event for entry in unit.refused if entry.is_ours]:
            records += self._pack(QUARANTINE, 0, list(ours))
        return records

    def _pack(self, topic: Topic, partition: int, events: list[MarketEvent]) -> list[NewRecord]:
        key = (topic.name, partition)
        sequence = self._sequences.get(key, 0) + 1
        payloads = encode_batches(events, sender=self._sender, sequence=sequence)
        self._sequences[key] = sequence + len(payloads) - 1
        return [NewRecord(topic, partition, payload) for payload in payloads]

    def _run(self) -> None:
        try:
            while (unit := self._units.get()) is not None:
                self.write(unit)
                with self._room:
                    self._pending_rows -= unit.rows
                    self._room.notify()
                self._ticks.maintain()
        except RuntimeFailure as error:
            self.failure = error
