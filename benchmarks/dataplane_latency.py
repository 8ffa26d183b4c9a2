"""Latency of trades and live frames: read from the event log, and as a client of the trading API's stream."""

import json
from statistics import quantiles

from websockets.sync.client import connect

from market.clock import NS_PER_MS, NS_PER_S, SystemClock
from market.codecs import decode_batch
from market.topics import Topic
from runtime.event_log import open_event_log
from runtime.settings import CoreSettings

_clock = SystemClock()


def measure_log(settings: CoreSettings, topic: Topic, seconds: float) -> str:
    """Read a topic's new events for a while; return the distribution of now - ts_init."""
    event_log = open_event_log(settings)
    bounds = event_log.bounds(topic).items()
    positions = {(topic.name, partition): following for partition, (_, following) in bounds}
    latencies: list[int] = []
    end_ns = _clock.now_ns() + int(seconds * NS_PER_S)
    while _clock.now_ns() < end_ns:
        for record in event_log.read(positions, wait_s=0.5):
            positions[record.topic, record.partition] = record.offset + 1
            now_ns = _clock.now_ns()
            latencies += [now_ns - event.ts_init for event in decode_batch(record.payload).events]
    event_log.close()
    return summary(latencies)


def measure_websocket(port: int, seconds: float) -> str:
    """Listen to the trading API's prices for a while; return the distribution of now - ts_init."""
    latencies: list[int] = []
    seen: dict[tuple[str, str], int] = {}
    end_ns = _clock.now_ns() + int(seconds * NS_PER_S)
    with connect(f"ws://127.0.0.1:{port}/api/v1/stream?interval_ms=0", max_size=None) as stream:
        while _clock.now_ns() < end_ns:
            message = json.loads(stream.recv(timeout=10))
            now_ns = _clock.now_ns()
            for row in message.get("rows", ()) if message["type"] == "prices" else ():
                received_ns = int(row.get("ts_init") or row["ts_init_ms"] * NS_PER_MS)
                if seen.get((row["symbol"], row["venue"])) != received_ns:
                    seen[row["symbol"], row["venue"]] = received_ns
                    latencies.append(now_ns - received_ns)
    return summary(latencies)


def summary(latencies: list[int]) -> str:
    """Write the median, the 99th percentile and the maximum, in milliseconds."""
    if len(latencies) < 100:
        return f"only {len(latencies)} events came"
    cuts = quantiles(latencies, n=100)
    median, p99, worst = cuts[49] / NS_PER_MS, cuts[98] / NS_PER_MS, max(latencies) / NS_PER_MS
    return f"p50 {median:.1f} ms, p99 {p99:.1f} ms, max {worst:.0f} ms over {len(latencies):,} events"
