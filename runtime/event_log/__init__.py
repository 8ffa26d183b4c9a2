"""The event log: one port, two adapters, chosen by `TIDEGATE_EVENT_LOG`."""

from runtime.event_log.port import EventLog, NewRecord, Positions, Record
from runtime.settings import CoreSettings

__all__ = ["EventLog", "NewRecord", "Positions", "Record", "open_event_log"]


def open_event_log(settings: CoreSettings) -> EventLog:
    """Return the event log of the settings; it connects at the first use."""
    if settings.event_log == "kafka":
        from runtime.event_log.kafka_adapter import KafkaEventLog  # noqa: PLC0415  (a client costs 0.2 s to import)

        return KafkaEventLog(settings.kafka_bootstrap, fetch_wait_ms=settings.kafka_fetch_wait_ms)
    from runtime.event_log.postgres_adapter import PostgresEventLog  # noqa: PLC0415

    return PostgresEventLog(settings)
