"""The event log's port: topics of numbered records, kept for a while, read by anyone.

What both adapters promise, and `tests/runtime/event_log` proves of each:

- Records of one partition are read in the order of their offsets, which is the order in which they
  were acknowledged. No reader ever passes over a record that commits later.
- A record is durable when `append` returns.
- Any number of readers, each with its own positions; the log keeps none of them.
- Old records go, by age and by size. A position below the first retained record goes on at the
  first retained one; `bounds` tells the difference.
- An offset belongs to an incarnation of its topic: after a topic is deleted and made again, old
  offsets mean nothing, and `incarnation` differs.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from market.topics import Topic
from runtime.errors import RecordTooLarge

RECORD_BYTES_MAX = 8 * 1024 * 1024
"""The largest payload that either adapter takes."""

Positions: TypeAlias = Mapping[tuple[str, int], int]
"""The offset to read next, by topic name and partition."""


class Record(NamedTuple):
    """One record as it was read."""

    topic: str
    partition: int
    offset: int
    payload: bytes


class NewRecord(NamedTuple):
    """One record to append."""

    topic: Topic
    partition: int
    payload: bytes


class EventLog(Protocol):
    """An event log. Blocking: call it from threads. Appending and reading may overlap.

    Every method raises `runtime.errors.Unavailable` when the log does not answer; the next call
    connects anew.
    """

    def create_topics(self, topics: Sequence[Topic]) -> None:
        """Create the topics that are missing; apply the retention of those that exist.

        Raises:
            TopicMismatch: a topic exists with another number of partitions.
        """
        ...

    def delete_topics(self, topics: Sequence[Topic]) -> None:
        """Delete topics with all their records; a missing one is no error."""
        ...

    def append(self, records: Sequence[NewRecord]) -> list[int]:
        """Append records and return their offsets, in the order given, once they are durable.

        When it raises `Unavailable`, the records may or may not have been written.

        Raises:
            UnknownTopic: a topic or partition was never created.
            RecordTooLarge: a payload is larger than `RECORD_BYTES_MAX`.
        """
        ...

    def read(self, positions: Positions, *, wait_s: float, records_max: int = 500) -> list[Record]:
        """Return records at or after each position, in offset order within each partition.

        Waits up to `wait_s` seconds for the first one, and returns at once what is there. A
        partition with much to read does not starve the others.

        Raises:
            UnknownTopic: a topic or partition was never created.
        """
        ...

    def bounds(self, topic: Topic) -> dict[int, tuple[int, int]]:
        """Return, by partition, the first retained offset and the next one to be written."""
        ...

    def incarnation(self, topic: Topic) -> str:
        """Return an identifier that changes when the topic is deleted and made again."""
        ...

    def apply_retention(self) -> None:
        """Drop what is too old or too much, where the log does not do so by itself."""
        ...

    def close(self) -> None:
        """Let go of all connections; a `read` that waits returns."""
        ...


def refuse_large(records: Sequence[NewRecord]) -> None:
    """Check the sizes of records before any of them is sent.

    Raises:
        RecordTooLarge: a payload is larger than `RECORD_BYTES_MAX`.
    """
    for record in records:
        if len(record.payload) > RECORD_BYTES_MAX:
            raise RecordTooLarge(
                f"a record of {len(record.payload)} bytes for {record.topic.name}; "
                f"the limit is {RECORD_BYTES_MAX}"
            )
