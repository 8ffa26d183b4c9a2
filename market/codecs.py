"""Codecs: how events become bytes in the event log, and lines of JSON for people.

A market message is one `Batch`: the events of a few milliseconds and one partition. A batch names
its sender and counts, so that a reader can prove that nothing was lost or read twice. A change that
would break readers is a new topic; `SCHEMA_VERSION` guards against reading one by mistake.
"""

from decimal import Decimal
from typing import Any, cast

import msgspec

from market.errors import BadMessage
from market.events import MarketEvent

SCHEMA_VERSION = 1

BATCH_BYTES_MAX = 4 * 1024 * 1024
"""Batches are cut to this size: half of what the event log takes as one record."""


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """Events of one partition. `sequence` counts a sender's batches of this partition from 1.

    `watermark` is a promise of the sender, nanoseconds UTC: all that it received up to then for
    this partition is in this batch or an earlier one; 0 promises nothing. A batch without events
    carries only that promise.
    """

    schema: int
    sender: str
    sequence: int
    events: list[MarketEvent]
    watermark: int = 0


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Batch)
_json_encoder = msgspec.json.Encoder()


def encode_batch(events: list[MarketEvent], *, sender: str, sequence: int, watermark: int = 0) -> bytes:
    """Pack the events of one partition into one message."""
    return _encoder.encode(Batch(SCHEMA_VERSION, sender, sequence, events, watermark))


def encode_batches(
    events: list[MarketEvent], *, sender: str, sequence: int, watermark: int = 0
) -> list[bytes]:
    """Pack the events of one partition into as few messages as their size allows, numbered in a row.

    Only the last one carries the watermark: what follows a message is older than that.
    """
    payload = encode_batch(events, sender=sender, sequence=sequence, watermark=watermark)
    if len(payload) <= BATCH_BYTES_MAX or len(events) < 2:
        return [payload]
    half = len(events) // 2
    first = encode_batches(events[:half], sender=sender, sequence=sequence)
    following = sequence + len(first)
    return first + encode_batches(events[half:], sender=sender, sequence=following, watermark=watermark)


def decode_batch(payload: bytes) -> Batch:
    """Unpack one market message.

    Raises:
        BadMessage: the bytes are no batch, or of another schema version.
    """
    try:
        batch = _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise BadMessage(f"not a batch of market events: {error}") from error
    if batch.schema != SCHEMA_VERSION:
        raise BadMessage(f"schema version {batch.schema}, this reader knows {SCHEMA_VERSION}")
    return batch


def to_document(event: MarketEvent) -> dict[str, Any]:
    """Return the event as a JSON-ready mapping whose first key is `kind`."""
    kind = cast(str, type(event).__struct_config__.tag)
    return {"kind": kind, **msgspec.structs.asdict(event)}


def to_json_line(event: MarketEvent) -> bytes:
    """Write the event as one line of JSON; prices and sizes become plain decimal strings."""
    document = to_document(event)
    line = _json_encoder.encode(document)
    if b"E-" in line or b"E+" in line:  # Decimal('0.00000000') writes itself as 0E-8
        line = _json_encoder.encode({name: _plain(value) for name, value in document.items()})
    return line + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
