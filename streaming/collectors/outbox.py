"""The outbox: events of a few milliseconds, gathered by topic and partition, packed into batches.

Each batch carries the sender's watermark, so that readers know how far time has come for certain; a
partition in which nothing happens hears of it by an empty batch now and then.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from market.codecs import encode_batches
from market.events import (
    Bar,
    BookDelta,
    BookSnapshot,
    FeedStatus,
    MarketEvent,
    Quarantined,
    Quote,
    Trade,
)
from market.topics import BARS, BOOKS, QUARANTINE, QUOTES, TRADES, Topic, partition_for
from runtime.event_log import NewRecord

EVENTS_PER_BATCH_MAX = 5000

_TOPICS_OF: dict[type, tuple[Topic, ...]] = {
    Trade: (TRADES,),
    Quote: (QUOTES,),
    BookSnapshot: (BOOKS,),
    BookDelta: (BOOKS,),
    FeedStatus: (TRADES, BOOKS),
    Bar: (BARS,),
    Quarantined: (QUARANTINE,),
}


class Outbox:
    """Gather events; `flush` turns them into records for the log."""

    def __init__(self, sender: str, venue: str, symbols: Iterable[str]) -> None:
        """Take the name to write under, and the instruments whose partitions hear of the time."""
        self._sender = sender
        self._sequences: Counter[tuple[str, int]] = Counter()
        self._waiting: dict[tuple[str, int], list[MarketEvent]] = {}
        self._topics: dict[str, Topic] = {}
        self._partitions: dict[str, int] = {}
        keys = {partition_for(f"{symbol}@{venue}", TRADES) for symbol in symbols}
        self._timed = dict.fromkeys(sorted(keys), 0)

    def add(self, events: Sequence[MarketEvent]) -> None:
        """Take events, each into the topics of its type."""
        for event in events:
            for topic in _TOPICS_OF[type(event)]:
                self._put(topic, event)

    def add_to(self, topic: Topic, event: MarketEvent) -> None:
        """Take an event into a topic that its type alone would not choose."""
        self._put(topic, event)

    def flush(self, watermark: int, *, idle_after_ns: int) -> list[NewRecord]:
        """Pack what waits. Trade partitions that heard nothing for `idle_after_ns` get an empty batch."""
        for partition, told_ns in self._timed.items():
            if watermark - told_ns >= idle_after_ns:
                self._topics.setdefault(TRADES.name, TRADES)
                self._waiting.setdefault((TRADES.name, partition), [])
        records = [
            record for key, events in self._waiting.items() for record in self._pack(key, events, watermark)
        ]
        self._waiting = {}
        return records

    def _put(self, topic: Topic, event: MarketEvent) -> None:
        partition = 0 if topic.partitions == 1 else self._partition(event, topic)
        self._topics.setdefault(topic.name, topic)
        self._waiting.setdefault((topic.name, partition), []).append(event)

    def _partition(self, event: MarketEvent, topic: Topic) -> int:
        """Return the event's partition; every topic of ours has one or the same number of them."""
        found = self._partitions.get(event.symbol)
        if found is None:
            found = self._partitions[event.symbol] = partition_for(str(event.instrument_id), topic)
        return found

    def _pack(self, key: tuple[str, int], events: list[MarketEvent], watermark: int) -> Iterator[NewRecord]:
        """Cut a partition's events into bounded batches; the last one says how far time has come."""
        if key[0] == TRADES.name:
            self._timed[key[1]] = watermark
        for first in range(0, max(1, len(events)), EVENTS_PER_BATCH_MAX):
            is_last = first + EVENTS_PER_BATCH_MAX >= len(events)
            payloads = encode_batches(
                events[first : first + EVENTS_PER_BATCH_MAX],
                sender=self._sender,
                sequence=self._sequences[key] + 1,
                watermark=watermark if is_last else 0,
            )
            self._sequences[key] += len(payloads)
            yield from (NewRecord(self._topics[key[0]], key[1], payload) for payload in payloads)
