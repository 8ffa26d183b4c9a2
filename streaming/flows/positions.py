"""Where the flow stands: offsets, states and outbox in the tables, and how it begins from them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import structlog

from market.topics import TOPICS, Topic
from runtime.event_log import EventLog, NewRecord
from runtime.postgres import Connection
from streaming.flows.bars import Snapshot, decode_snapshot
from streaming.flows.metrics import RECORDS_EXPIRED
from streaming.flows.rounds import PartitionKey, Position

log = structlog.get_logger()

_TOPIC_BY_NAME = {topic.name: topic for topic in TOPICS}


class Start(NamedTuple):
    """What a starting flow knows.

    `read_from` is where the reader begins, `committed` the offsets whose results are in the tables,
    `lost` the partitions of which retention took records before we read them.
    """

    read_from: dict[PartitionKey, int]
    committed: dict[PartitionKey, int]
    snapshots: dict[PartitionKey, Snapshot]
    incarnations: dict[str, str]
    lost: list[PartitionKey]


def load_start(
    connection: Connection, event_log: EventLog, flow: str, topics: Sequence[Topic], partitions: Iterable[int]
) -> Start:
    """Compare the kept positions with what the log still has."""
    start = Start({}, {}, {}, {topic.name: event_log.incarnation(topic) for topic in topics}, [])
    kept = _load_positions(connection, flow)
    states = _load_states(connection, flow)
    wanted = set(partitions)
    for topic in topics:
        for partition, (first, following) in event_log.bounds(topic).items():
            if topic.partitions > 1 and partition not in wanted:
                continue
            key = (topic.name, partition)
            incarnation, position = kept.get(key, ("", Position(first, first)))
            is_known = incarnation == start.incarnations[topic.name] and position.next_offset <= following
            if not is_known:
                position = Position(first, first)
            elif key in states:
                start.snapshots[key] = decode_snapshot(states[key])
            if position.next_offset < first:
                log.warning("records_expired_unread", topic=topic.name, partition=partition)
                RECORDS_EXPIRED.inc(first - position.next_offset)
                start.lost.append(key)
            start.committed[key] = max(position.next_offset, first)
            start.read_from[key] = max(position.replay_offset, first)
    return start


def save_positions(
    connection: Connection,
    flow: str,
    positions: Mapping[PartitionKey, Position],
    incarnations: Mapping[str, str],
) -> None:
    """Keep the positions, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO stream_offsets (flow, topic, partition, incarnation, next_offset, replay_offset) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (flow, topic, partition) DO UPDATE SET "
            "incarnation = excluded.incarnation, next_offset = excluded.next_offset, "
            "replay_offset = excluded.replay_offset",
            [
                (flow, topic, partition, incarnations[topic], *position)
                for (topic, partition), position in positions.items()
            ],
        )


def save_states(connection: Connection, flow: str, states: Mapping[PartitionKey, bytes]) -> None:
    """Keep the states of partitions, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO stream_states (flow, topic, partition, state) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (flow, topic, partition) DO UPDATE SET state = excluded.state",
            [(flow, topic, partition, state) for (topic, partition), state in states.items()],
        )


def load_outbox(connection: Connection, flow: str) -> tuple[list[int], list[NewRecord]]:
    """Return the messages that a transaction left to be appended, with their ids."""
    rows = connection.execute(
        "SELECT id, topic, partition, payload FROM stream_outbox WHERE flow = %s ORDER BY id", (flow,)
    ).fetchall()
    records = [
        NewRecord(_TOPIC_BY_NAME[str(topic)], partition, payload) for _, topic, partition, payload in rows
    ]
    return [row[0] for row in rows], records


def save_outbox(connection: Connection, flow: str, records: Sequence[NewRecord]) -> list[int]:
    """Keep messages to be appended once the transaction is committed; return their ids."""
    ids: list[int] = []
    for record in records:
        row = connection.execute(
            "INSERT INTO stream_outbox (flow, topic, partition, payload) VALUES (%s, %s, %s, %s) "
            "RETURNING id",
            (flow, record.topic.name, record.partition, record.payload),
        ).fetchone()
        assert row is not None, "INSERT RETURNING gives a row"
        ids.append(row[0])
    return ids


def clear_outbox(connection: Connection, ids: Sequence[int]) -> None:
    """Forget messages that were appended."""
    connection.execute("DELETE FROM stream_outbox WHERE id = ANY (%s)", (list(ids),))


def _load_positions(connection: Connection, flow: str) -> dict[PartitionKey, tuple[str, Position]]:
    rows = connection.execute(
        "SELECT topic, partition, incarnation, next_offset, replay_offset FROM stream_offsets "
        "WHERE flow = %s",
        (flow,),
    ).fetchall()
    return {(row[0], row[1]): (row[2], Position(row[3], row[4])) for row in rows}


def _load_states(connection: Connection, flow: str) -> dict[PartitionKey, bytes]:
    rows = connection.execute(
        "SELECT topic, partition, state FROM stream_states WHERE flow = %s", (flow,)
    ).fetchall()
    return {(row[0], row[1]): row[2] for row in rows}
