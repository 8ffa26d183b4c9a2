"""`python -m runtime.database`: keep the database, its schema and the event log's retention.

With `TIDEGATE_DATABASE_URL` set, it starts no server and looks after the given one.
"""

import sys
import threading

import structlog

from runtime.database.embedded import EmbeddedPostgres
from runtime.errors import RuntimeFailure, Transient
from runtime.event_log import open_event_log
from runtime.health import HealthServer
from runtime.logs import configure_logs
from runtime.postgres import migrate, wait_for_database
from runtime.settings import CoreSettings, load
from runtime.shutdown import stop_event

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
        return 2


def _run(settings: CoreSettings, health: HealthServer, stop: threading.Event) -> int:
    server = EmbeddedPostgres(settings) if settings.uses_embedded_database else None
    try:
        if server is not None:
            server.start()
        wait_for_database(settings).close()
        log.info("database_migrated", applied=migrate(settings))
        health.set_ready(is_ready=True)
        event_log = open_event_log(settings)
        while not stop.wait(RETENTION_EVERY_S):
            try:
                event_log.apply_retention()
            except Transient as error:
                log.warning("event_log_retention_failed", reason=str(error))
            if server is not None and not server.is_running:
                log.error("embedded_postgres_died")
                return 1
    finally:
        health.set_ready(is_ready=False, reason="stopping")
        if server is not None:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
