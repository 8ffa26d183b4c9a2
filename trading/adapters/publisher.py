"""Publishes the journal to the event log: topics `signals`, `orders` and `fills`.

It follows the journal and not the engine, so that nothing is lost when either dies: its position is
kept in `journal_cursors` after the messages are durable. A crash in between sends some again, so
that readers tell them apart by `seq`. Each message is the journal's record plus `seq`; an order's
PARTIALLY_FILLED and FILLED follow from its fills and are not sent beside them.
"""

from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Protocol

import msgspec
import psycopg
import structlog

from market.topics import FILLS, FORECASTS, ORDERS, SIGNALS, Topic, partition_for
from runtime.errors import Transient, Unavailable
from runtime.event_log import EventLog, NewRecord
from runtime.postgres import connect, first_line
from runtime.settings import CoreSettings
from trading.adapters.telemetry import PUBLISHED
from trading.errors import JournalUnavailable
from trading.ports import Forecast, JournalEntry

TOPIC_OF_KIND: dict[str, Topic] = {"intent": ORDERS, "order": ORDERS, "fill": FILLS}
POLL_S = 0.25
RETRY_S = 1.0
BATCH_ENTRIES = 500

READ_CURSOR = "SELECT seq FROM journal_cursors WHERE reader = %s"
WRITE_CURSOR = """
INSERT INTO journal_cursors (reader, seq) VALUES (%s, %s)
ON CONFLICT (reader) DO UPDATE SET seq = EXCLUDED.seq
"""

log = structlog.get_logger(__name__)


class JournalSource(Protocol):
    """Where entries are read from."""

    def replay(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """Yield the entries after `after_seq`, in order."""
        ...


def messages_of(entry: JournalEntry) -> list[NewRecord]:
    """Return the event-log messages of one journal entry; none for what is not published.

    An intent gives its signal too, so that `signals` holds every signal that was followed or denied.
    """
    topic = TOPIC_OF_KIND.get(entry.kind)
    if topic is None:
        return []
    document = {"seq": entry.seq, **msgspec.json.decode(entry.payload)}
    key = entry.client_order_id or ""
    messages = [_message(topic, key, document)]
    if entry.kind == "intent":
        messages.insert(0, _message(SIGNALS, key, {"seq": entry.seq, **document["signal"]}))
    return messages


def publish_forecast(event_log: EventLog, forecast: Forecast) -> None:
    """Append a forecast to the `forecasts` topic.

    Raises:
        Unavailable: the event log does not answer.
    """
    event_log.append([_message(FORECASTS, forecast.symbol, msgspec.structs.asdict(forecast))])
    PUBLISHED.labels(FORECASTS.name).inc()


class Publisher:
    """Follows the journal in a thread of its own and survives outages of both ends.

    What waiting does not mend ends it, and `on_failure` hears of it: followers must not fall behind unseen.
    """

    def __init__(
        self,
        settings: CoreSettings,
        journal: JournalSource,
        event_log: EventLog,
        *,
        on_failure: Callable[[Exception], None],
        name: str = "publisher",
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._event_log = event_log
        self._on_failure = on_failure
        self._name = name
        self._seq: int | None = None
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Publish what is left, then stop."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def publish_new(self) -> int:
        """Publish the entries after the cursor; return how many were read.

        Raises:
            Transient: the event log or the database does not answer.
            JournalUnavailable: the journal does not answer.
        """
        if self._seq is None:
            self._seq = self._load_cursor()
        count = 0
        batch: list[JournalEntry] = []
        for entry in self._journal.replay(self._seq):
            batch.append(entry)
            count += 1
            if len(batch) >= BATCH_ENTRIES:
                self._publish(batch)
                batch = []
        if batch:
            self._publish(batch)
        return count

    def _run(self) -> None:
        try:
            self._follow()
        except Exception as error:  # the thread's outermost loop: say it, and let the process end
            log.exception("publisher_failed", code=getattr(error, "code", "unexpected"))
            self._on_failure(error)

    def _follow(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._stopped.is_set()
            try:
                self.publish_new()
            except (Transient, JournalUnavailable) as error:
                log.warning("publish_failed", reason=str(error), code=error.code)
                self._stopped.wait(RETRY_S)
                continue
            self._stopped.wait(POLL_S)

    def _publish(self, batch: list[JournalEntry]) -> None:
        messages = [message for entry in batch for message in messages_of(entry)]
        if messages:
            self._event_log.append(messages)
        for message in messages:
            PUBLISHED.labels(message.topic.name).inc()
        self._save_cursor(batch[-1].seq)

    def _load_cursor(self) -> int:
        try:
            with connect(self._settings, name="tidegate-publisher") as connection:
                row = connection.execute(READ_CURSOR, (self._name,)).fetchone()
        except psycopg.OperationalError as error:
            raise Unavailable(f"the publisher's cursor can't be read: {first_line(error)}") from error
        return 0 if row is None else int(row[0])

    def _save_cursor(self, seq: int) -> None:
        try:
            with connect(self._settings, name="tidegate-publisher") as connection:
                connection.execute(WRITE_CURSOR, (self._name, seq))
        except psycopg.OperationalError as error:
            raise Unavailable(f"the publisher's cursor can't be kept: {first_line(error)}") from error
        self._seq = seq


def _message(topic: Topic, key: str, document: dict[str, object]) -> NewRecord:
    return NewRecord(topic, partition_for(key, topic), msgspec.json.encode(document))
