"""The trading core's Prometheus metrics."""

from prometheus_client import Counter, Histogram

DECISION_TO_VENUE = Histogram(
    "trading_decision_to_venue_seconds",
    "From a signal's arrival in the engine to its order's arrival at the venue, journal included.",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
)
ORDER_EVENTS = Counter(
    "trading_order_events_total", "Order events by the state that they lead to.", ["state", "venue"]
)
DENIED_ORDERS = Counter("trading_orders_denied_total", "Orders refused before they were sent.", ["code"])
FEED_EVENTS = Counter("trading_feed_events_total", "Market events read from the event log.", ["kind"])
FEED_LAG = Histogram(
    "trading_feed_lag_seconds",
    "From the receipt of an update in a collector to its arrival in the engine.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0),
)
FEED_FAILURES = Counter("trading_feed_failures_total", "Reads of the event log that failed.", ["code"])
FORECAST_REQUESTS = Counter(
    "trading_forecast_requests_total", "Requests to the forecast service.", ["outcome"]
)
PUBLISHED = Counter("trading_published_total", "Messages appended to the event log.", ["topic"])


class PrometheusTelemetry:
    """The engine's telemetry as Prometheus metrics."""

    def decision_to_venue(self, seconds: float) -> None:
        """Observe the latency."""
        DECISION_TO_VENUE.observe(seconds)

    def order_changed(self, state: str, venue: str) -> None:
        """Count the event."""
        ORDER_EVENTS.labels(state, venue).inc()

    def order_denied(self, code: str) -> None:
        """Count the refusal."""
        DENIED_ORDERS.labels(code).inc()
