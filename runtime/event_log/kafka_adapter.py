"""The event log on a Kafka-protocol broker, through kafka-python.

Uses only what Apache Kafka promises: explicit topics, acks from all replicas, an idempotent producer
and fetches by position. No consumer groups: every reader keeps its own positions. Retention is the
broker's, by the configuration that the topics are created with. Topic ids (Kafka 2.8 and later) are
the incarnations.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from kafka import TopicPartition
from kafka import errors as kafka_errors
from kafka.admin import ConfigResource, ConfigResourceType

from market.topics import Topic
from runtime.errors import TopicMismatch, Unavailable, UnknownTopic
from runtime.event_log import kafka_clients as clients
from runtime.event_log.port import RECORD_BYTES_MAX, NewRecord, Positions, Record, refuse_large

FIRST_FETCH_S = 0.1
"""A read at new positions waits at least this long, because nothing was fetched ahead for it."""

LOOK_MS = 3
PAUSE_S = 0.004
"""A reader looks for `LOOK_MS`, then pauses: a broker that answers empty fetches at once would
otherwise keep a core busy with the asking."""

PROBE_EVERY_S = 1.0
"""An idle reader asks this often whether the broker is there: a poll alone stays silent."""

log = structlog.get_logger(__name__)


class KafkaEventLog:
    """The event log on the brokers at `bootstrap` (host:port, several separated by commas).

    `fetch_wait_ms` is how long the broker holds a fetch open when nothing is there.
    """

    def __init__(self, bootstrap: str, *, fetch_wait_ms: int = 10) -> None:
        self._fetch_wait_ms = fetch_wait_ms
        self._bootstrap = [address.strip() for address in bootstrap.split(",")]
        self._lock = threading.Lock()
        self._read_lock = threading.Lock()
        self._admin_client: Any = None
        self._producer_client: Any = None
        self._consumer: Any = None
        self._partitions: dict[str, int] = {}
        self._expected: dict[Any, int] = {}
        self._next_probe = 0.0
        self._closing = threading.Event()

    def create_topics(self, topics: Sequence[Topic]) -> None:
        """Create the topics that are missing; see the port."""
        with self._translated():
            admin = self._admin()
            existing = self._describe([topic.name for topic in topics])
            for topic in topics:
                partitions = len(existing.get(topic.name, {}).get("partitions", ()))
                if partitions not in {0, topic.partitions}:
                    raise TopicMismatch(
                        f"topic {topic.name} has {partitions} partitions, this version wants "
                        f"{topic.partitions}: delete the topic, or use another cluster"
                    )
            missing = [topic for topic in topics if topic.name not in existing]
            for topic in missing:
                wanted = {"num_partitions": topic.partitions, "configs": topic_configuration(topic)}
                try:
                    admin.create_topics({topic.name: wanted}, wait_for_metadata=True)
                except kafka_errors.TopicAlreadyExistsError:
                    continue  # another process was quicker
            self._apply_configuration([topic for topic in topics if topic.name in existing])

    def delete_topics(self, topics: Sequence[Topic]) -> None:
        """Delete topics with all their records; see the port."""
        with self._translated():
            for topic in topics:
                self._partitions.pop(topic.name, None)
                try:
                    self._admin().delete_topics([topic.name])
                except kafka_errors.UnknownTopicOrPartitionError:
                    continue

    def append(self, records: Sequence[NewRecord]) -> list[int]:
        """Append records; each is on all in-sync replicas when this returns; see the port."""
        refuse_large(records)
        with self._translated():
            self._check({(record.topic.name, record.partition) for record in records})
            producer = self._producer()
            try:
                futures = [
                    producer.send(record.topic.name, value=record.payload, partition=record.partition)
                    for record in records
                ]
                return [future.get(timeout=clients.DELIVERY_TIMEOUT_MS / 1000).offset for future in futures]
            except kafka_errors.KafkaError:
                self._give_up_producer(producer)
                raise

    def read(self, positions: Positions, *, wait_s: float, records_max: int = 500) -> list[Record]:
        """Return the next records; see the port."""
        deadline = time.monotonic() + wait_s
        with self._read_lock, self._translated():
            consumer = self._open_consumer()
            wanted = {TopicPartition(*key): offset for key, offset in positions.items()}
            if self._move(consumer, wanted):
                deadline = max(deadline, time.monotonic() + FIRST_FETCH_S)
            while not self._closing.is_set():
                try:
                    records = self._poll(consumer, wanted, deadline, records_max)
                except kafka_errors.OffsetOutOfRangeError:
                    self._clamp(consumer, wanted)
                    continue
                if records or time.monotonic() >= deadline:
                    return records
                self._probe(consumer, wanted)
        return []

    def bounds(self, topic: Topic) -> dict[int, tuple[int, int]]:
        """Return the retained offsets by partition; see the port."""
        with self._translated():
            self._check({(topic.name, 0)})
            partitions = [
                TopicPartition(topic.name, number) for number in range(self._partitions[topic.name])
            ]
            with self._asking() as consumer:
                first = consumer.beginning_offsets(partitions, timeout_ms=clients.REQUEST_TIMEOUT_MS)
                following = consumer.end_offsets(partitions, timeout_ms=clients.REQUEST_TIMEOUT_MS)
        return {key.partition: (first[key], following[key]) for key in partitions}

    def incarnation(self, topic: Topic) -> str:
        """Return the broker's topic id; see the port."""
        with self._translated():
            found = self._describe([topic.name])
        if topic.name not in found:
            raise UnknownTopic(f"no topic {topic.name} in the event log: create it first")
        return str(found[topic.name]["topic_id"])

    def apply_retention(self) -> None:
        """Do nothing: the broker applies each topic's configuration by itself."""

    def close(self) -> None:
        """Let go of all connections; see the port."""
        self._closing.set()
        with self._read_lock, self._lock:
            for client in (self._consumer, self._producer_client, self._admin_client):
                if client is not None:
                    client.close()
            self._consumer = self._producer_client = self._admin_client = None

    def _poll(
        self, consumer: Any, wanted: Mapping[Any, int], deadline: float, records_max: int
    ) -> list[Record]:
        polled = consumer.poll(timeout_ms=LOOK_MS, max_records=records_max)
        if not polled:
            self._closing.wait(min(PAUSE_S, max(0.0, deadline - time.monotonic())))
        records: list[Record] = []
        for key, found in polled.items():
            self._expected[key] = found[-1].offset + 1
            # After a clamp to the end, what comes before the wanted position is not the caller's.
            records += [
                Record(key.topic, key.partition, record.offset, record.value)
                for record in found
                if record.offset >= wanted[key]
            ]
        if polled:
            self._next_probe = time.monotonic() + PROBE_EVERY_S
        return records

    def _move(self, consumer: Any, wanted: Mapping[Any, int]) -> bool:
        """Point the consumer at the wanted positions; return whether any of them is new to it."""
        if consumer.assignment() != wanted.keys():
            self._check({(key.topic, key.partition) for key in wanted})
            consumer.assign(list(wanted))
            self._expected.clear()
        moved = [key for key, offset in wanted.items() if self._expected.get(key) != offset]
        if not moved:
            return False
        for key in moved:
            consumer.seek(key, wanted[key])
            self._expected[key] = wanted[key]
        return True

    def _clamp(self, consumer: Any, wanted: Mapping[Any, int]) -> None:
        """Go on where the log can: at its first record, or at its end for positions beyond it."""
        keys = list(wanted)
        first = consumer.beginning_offsets(keys, timeout_ms=clients.REQUEST_TIMEOUT_MS)
        following = consumer.end_offsets(keys, timeout_ms=clients.REQUEST_TIMEOUT_MS)
        for key in keys:
            consumer.seek(key, min(max(wanted[key], first[key]), following[key]))

    def _probe(self, consumer: Any, wanted: Mapping[Any, int]) -> None:
        if time.monotonic() >= self._next_probe:
            self._next_probe = time.monotonic() + PROBE_EVERY_S
            consumer.end_offsets([next(iter(wanted))], timeout_ms=clients.REQUEST_TIMEOUT_MS)

    def _check(self, keys: set[tuple[str, int]]) -> None:
        """Refuse unknown topics here: a broker may be set to create them with its defaults."""
        if unknown := {name for name, _ in keys} - self._partitions.keys():
            for name, description in self._describe(sorted(unknown)).items():
                self._partitions[name] = len(description["partitions"])
        for name, partition in sorted(keys):
            if partition >= self._partitions.get(name, 0):
                raise UnknownTopic(
                    f"no topic {name} with partition {partition} in the event log: create it first"
                )

    def _describe(self, names: list[str]) -> dict[str, Any]:
        return {
            description["name"]: description
            for description in self._admin().describe_topics(names)
            if description["error_code"] == 0
        }

    def _apply_configuration(self, topics: Sequence[Topic]) -> None:
        if not topics:
            return
        resources = [
            ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=topic_configuration(topic))
            for topic in topics
        ]
        try:
            self._admin().alter_configs(resources)
        except kafka_errors.KafkaError as error:
            # The topics keep the retention that they were made with: old, but bounded.
            log.warning("topic_configuration_kept", reason=str(error).split(":")[0])

    def _admin(self) -> Any:
        with self._lock:
            if self._admin_client is None:
                self._admin_client = clients.open_admin(self._bootstrap)
            return self._admin_client

    def _producer(self) -> Any:
        with self._lock:
            if self._producer_client is None:
                self._producer_client = clients.open_producer(self._bootstrap)
            return self._producer_client

    def _give_up_producer(self, producer: Any) -> None:
        """Drop what it still holds, lest it is written after its own repetition, and begin anew.

        A broker that has forgotten the producer's number would refuse it for ever.
        """
        with self._lock:
            if self._producer_client is producer:
                self._producer_client = None
        producer.close(timeout=0)

    def _open_consumer(self) -> Any:
        if self._consumer is None:
            self._consumer = clients.open_consumer(self._bootstrap, fetch_wait_ms=self._fetch_wait_ms)
            self._expected.clear()
        return self._consumer

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """Give a consumer for questions, because the reading one may be waiting."""
        consumer = clients.open_consumer(self._bootstrap, fetch_wait_ms=self._fetch_wait_ms)
        try:
            yield consumer
        finally:
            consumer.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except kafka_errors.KafkaError as error:
            reason = str(error).splitlines()[0]
            raise Unavailable(
                f"the broker at {','.join(self._bootstrap)} does not answer: {reason}"
            ) from error


def topic_configuration(topic: Topic) -> dict[str, str]:
    """Return a topic's configuration in Kafka's words; segments are small enough for retention to bite."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention_s * 1000),
        "retention.bytes": str(topic.retention_bytes),
        "segment.ms": str(max(10_000, topic.retention_s * 1000 // 6)),
        "segment.bytes": str(max(1024 * 1024, topic.retention_bytes // 6)),
        "max.message.bytes": str(RECORD_BYTES_MAX + clients.BATCH_OVERHEAD_BYTES),
    }
