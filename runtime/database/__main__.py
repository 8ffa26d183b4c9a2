"""`python -m runtime.database`: keep the database, its schema and the event log's retention.

With `TIDEGATE_DATABASE_URL` set, it starts no server and looks after the given one.
"""

import sys
import threading
import time

import structlog

from market.topics import TOPICS
from runtime.database.embedded import EmbeddedPostgres
from runtime.errors import RuntimeFailure, Transient, exit_code_of
from runtime.event_log import EventLog, open_event_log
from runtime.health import HealthServer
from runtime.logs import configure_logs
from runtime.postgres import migrate, wait_for_database
from runtime.settings import CoreSettings, load
from runtime.shutdown import stop_event

LOOK_EVERY_S = 0.2
RETENTION_EVERY_S = 10.0

log = structlog.get_logger(__name__)


def main() -> int:
    """Run until told to stop, or until the server dies (the supervisor starts anew)."""
    try:
        settings = load(CoreSettings)
        configure_logs("database", settings.log_level)
        stop = stop_event()
        with HealthServer("127.0.0.1", settings.database_health_port) as health:
            return _run(settings, health, stop)
    except RuntimeFailure as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  (the one line that a person needs)
        return exit_code_of(error)


def _run(settings: CoreSettings, health: HealthServer, stop: threading.Event) -> int:
    server = EmbeddedPostgres(settings) if settings.uses_embedded_database else None
    try:
        if server is not None:
            server.start()
        wait_for_database(settings).close()
        log.info("database_migrated", applied=migrate(settings))
        event_log = open_event_log(settings)
        _create_topics(event_log)
        health.set_ready(is_ready=True)
        return _keep(event_log, server, stop)
    finally:
        health.set_ready(is_ready=False, reason="stopping")
        if server is not None:
            server.stop()


def _keep(event_log: EventLog, server: EmbeddedPostgres | None, stop: threading.Event) -> int:
    next_retention = 0.0
    while not stop.wait(LOOK_EVERY_S):
        if server is not None and not server.is_running:
            log.error("embedded_postgres_died")
            return 1
        if time.monotonic() >= next_retention:
            next_retention = time.monotonic() + RETENTION_EVERY_S
            try:
                event_log.apply_retention()
            except RuntimeFailure as error:
                log.warning("event_log_retention_failed", reason=str(error))
    return 0


def _create_topics(event_log: EventLog) -> None:
    """Create the topics before anyone asks for them; a broker that is away gets them from its users."""
    try:
        event_log.create_topics(TOPICS)
    except Transient as error:
        log.warning("topics_not_created", reason=str(error))


if __name__ == "__main__":
    sys.exit(main())
