"""What a collector counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

FRAMES = Counter("collector_frames_total", "Websocket frames received", ["venue"])
EVENTS = Counter("collector_events_total", "Events decoded", ["venue", "kind"])
IGNORED = Counter("collector_ignored_total", "Frames that are no market data", ["venue", "name"])
QUARANTINED = Counter("collector_quarantined_total", "Frames and events refused", ["venue", "reason"])
STATUS = Counter("collector_feed_status_total", "Changes of feeds", ["venue", "state"])
CONNECTIONS = Counter("collector_connections_total", "Connections opened", ["venue"])
REST_REQUESTS = Counter("collector_rest_requests_total", "REST requests", ["venue", "result"])
BATCHES = Counter("collector_batches_total", "Batches handed to the log writer", ["venue"])
DROPPED = Counter("collector_dropped_batches_total", "Batches dropped while the log was away", ["venue"])
INTAKE_STOPS = Counter(
    "collector_intake_stops_total", "Times that a full buffer stopped the intake", ["venue"]
)
BUFFER_BYTES = Gauge("collector_buffer_bytes", "Bytes that wait for the event log", ["venue"])
LAG_SECONDS = Histogram(
    "collector_lag_seconds",
    "From the venue's time of a trade to its arrival here",
    ["venue"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
