"""What the flows count, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("flows_events_total", "Events read from the log", ["kind"])
QUARANTINED = Counter("flows_quarantined_total", "Events that were refused", ["reason"])
BATCHES_REPEATED = Counter("flows_batches_repeated_total", "Batches that stood twice in the log")
BATCHES_MISSING = Counter("flows_batches_missing_total", "Batches that their sender counted and we never saw")
RECORDS_EXPIRED = Counter("flows_records_expired_total", "Records that retention took before they were read")
TRADES_LATE = Counter("flows_trades_late_total", "Trades that came after their bar was closed")
BARS = Counter("flows_bars_total", "Bars built from trades")
FRAMES = Counter("flows_frames_total", "Live frames published")
ROWS = Counter("flows_rows_total", "Rows sent to the database", ["table"])
ROWS_EXPIRED = Counter(
    "flows_rows_expired_total", "Ticks older than their retention, not archived", ["table"]
)
COMMIT_SECONDS = Histogram(
    "flows_commit_seconds", "Time of one transaction", buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2)
)
PENDING_ROWS = Gauge("flows_pending_rows", "Rows that wait for the database")
LAG_SECONDS = Histogram(
    "flows_lag_seconds",
    "From a frame's arrival at the collector to the flow",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10),
)
RESTARTS = Counter("flows_restarts_total", "Recoveries after the log or the database went away")
