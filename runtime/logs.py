"""Structured logs: one event name in snake_case and its fields, to stderr.

JSON lines when stderr is a file or a pipe, aligned colours on a terminal. The standard library's
loggers (kafka-python, uvicorn) go the same way, so that a process has one log in one form. Fields
whose names look like secrets are blanked, whoever logs them.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_NAMES = frozenset({"password", "token", "access_token", "secret", "api_key", "dsn", "database_url"})
QUIET_LIBRARIES = ("httpx", "httpcore", "uvicorn.access", "ccxt", "urllib3")


def configure_logs(service: str, level: str = "INFO") -> None:
    """Set up the process's logs; `service` is on every line. Call it once, at the entry point."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _blank_secrets,
    ]
    renderer: Processor
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    else:
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    # kafka-python reports each lost connection several times; the event log says it once.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(service=service)


def _blank_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for name in SECRET_NAMES & event.keys():
        event[name] = "***"
    return event
