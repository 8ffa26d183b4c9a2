"""Step 1: bytes to batches. Repeated batches are left out, missing ones are noticed.

A sender numbers its batches per partition. An append whose acknowledgement got lost is repeated by
the sender and stands twice in the log: the second copy is dropped here, by its number. One that a
later batch has overtaken (a broker may take that one first after an outage) is no copy.
"""

from collections.abc import Mapping

from market.clock import NS_PER_S
from market.codecs import decode_batch
from market.errors import BadMessage
from market.events import RAW_BYTES_MAX, Quarantined
from runtime.event_log import Record
from streaming.flows.metrics import BATCHES_MISSING, BATCHES_REPEATED, LAG_SECONDS
from streaming.flows.rounds import PartitionKey, Received, Refused, Round

SENDERS_MAX = 32
"""Senders remembered per partition; the oldest is forgotten first."""

MISSING_MAX = 1000
"""A missing batch is remembered while it is one of the sender's last so many."""


class Decoder:
    """Decode the records of a round into batches."""

    def __init__(
        self,
        committed: Mapping[PartitionKey, int] | None = None,
        sequences: Mapping[PartitionKey, Mapping[str, int]] | None = None,
    ) -> None:
        """Take the committed offsets and, by partition, the last number seen of each sender."""
        self._committed = committed or {}
        self._sequences = {key: dict(found) for key, found in (sequences or {}).items()}
        self._missing: dict[tuple[str, int, str], set[int]] = {}

    def __call__(self, round_: Round) -> Round:
        """Fill `batches`; bytes that are no batch go to `refused`."""
        for record in round_.records:
            is_replay = record.offset < self._committed.get((record.topic, record.partition), 0)
            try:
                batch = decode_batch(record.payload)
            except BadMessage as error:
                if not is_replay:
                    round_.refused.append(_refused(record, error, round_.now_ns))
                continue
            received = Received(
                record.topic,
                record.partition,
                record.offset,
                batch.sender,
                batch.sequence,
                batch.watermark,
                batch.events,
                is_replay=is_replay,
            )
            if batch.watermark and not is_replay:
                LAG_SECONDS.observe((round_.now_ns - batch.watermark) / NS_PER_S)
            if self._is_new(received):
                round_.batches.append(received)
        round_.records = []
        return round_

    def _is_new(self, received: Received) -> bool:
        seen = self._sequences.setdefault((received.topic, received.partition), {})
        missing = self._missing.setdefault((received.topic, received.partition, received.sender), set())
        last, sequence = seen.get(received.sender), received.sequence
        if last is not None and sequence <= last:
            if sequence not in missing:
                BATCHES_REPEATED.inc()
                return False
            missing.discard(sequence)
            received.has_gap = True  # it comes after what it belongs before
            return True
        if last is not None and sequence > last + 1:
            received.has_gap = True
            BATCHES_MISSING.inc(sequence - last - 1)
            oldest = sequence - MISSING_MAX
            missing.intersection_update(range(oldest, sequence))
            missing.update(range(max(last + 1, oldest), sequence))
        if last is None and len(seen) >= SENDERS_MAX:
            self._forget((received.topic, received.partition), next(iter(seen)))
        seen[received.sender] = sequence
        return True

    def _forget(self, key: PartitionKey, sender: str) -> None:
        del self._sequences[key][sender]
        self._missing.pop((*key, sender), None)


def _refused(record: Record, error: BadMessage, now_ns: int) -> Refused:
    event = Quarantined(
        venue="",
        symbol="",
        ts_event=now_ns,
        ts_init=now_ns,
        reason=error.code,
        detail=str(error)[:500],
        raw=record.payload[:RAW_BYTES_MAX],
    )
    return Refused(event, place_of(record.topic, record.partition, record.offset, 0), is_ours=True)


def place_of(topic: str, partition: int, offset: int, index: int) -> str:
    """Name the place of an event in the log."""
    return f"{topic}/{partition}/{offset}/{index}"
