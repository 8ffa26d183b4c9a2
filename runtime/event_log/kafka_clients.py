"""The kafka-python clients of the event log, and how patient they are.

kafka-python has no types: what comes out of here is `Any`.
"""

import socket
from collections.abc import Sequence
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from runtime.errors import Unavailable
from runtime.event_log.port import RECORD_BYTES_MAX

CONNECT_TIMEOUT_MS = 5_000
REQUEST_TIMEOUT_MS = 5_000
DELIVERY_TIMEOUT_MS = 10_000
RECONNECT_MAX_MS = 1_000
BATCH_OVERHEAD_BYTES = 64 * 1024


def open_admin(bootstrap: Sequence[str]) -> Any:
    """Return a client that creates and describes topics."""
    return KafkaAdminClient(**_connection(bootstrap))


def open_producer(bootstrap: Sequence[str]) -> Any:
    """Return a client whose records are on all in-sync replicas, once, when they are acknowledged."""
    return KafkaProducer(
        **_connection(bootstrap),
        metrics_enabled=False,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_request_size=RECORD_BYTES_MAX + BATCH_OVERHEAD_BYTES,
        max_block_ms=CONNECT_TIMEOUT_MS,
        delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
    )


def open_consumer(bootstrap: Sequence[str], *, fetch_wait_ms: int) -> Any:
    """Return a client that reads where it is told to, without a consumer group."""
    return KafkaConsumer(
        **_connection(bootstrap),
        metrics_enabled=False,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        allow_auto_create_topics=False,
        fetch_max_wait_ms=fetch_wait_ms,
        max_partition_fetch_bytes=RECORD_BYTES_MAX,
    )


def _connection(bootstrap: Sequence[str]) -> dict[str, Any]:
    _refuse_unreachable(bootstrap)
    return {
        "bootstrap_servers": list(bootstrap),
        "bootstrap_timeout_ms": CONNECT_TIMEOUT_MS,
        "reconnect_backoff_max_ms": RECONNECT_MAX_MS,
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
    }


def _refuse_unreachable(bootstrap: Sequence[str]) -> None:
    """Knock before a client is made: one that can't connect leaves its thread behind for good."""
    reason = "no address is given"
    for address in bootstrap:
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=CONNECT_TIMEOUT_MS / 1000).close()
        except (OSError, ValueError) as error:
            reason = str(error)
        else:
            return
    raise Unavailable(f"the broker at {','.join(bootstrap)} does not answer: {reason}")
