"""Notices within a second that the journal's connection is gone, also while nothing is written.

Without it a halt would be the first to find out, and have to be pressed twice.
"""

from collections.abc import Callable
from threading import Event, Thread

import structlog

from trading.adapters.journal import PostgresJournal
from trading.errors import JournalFailure

CHECK_EVERY_S = 1.0

log = structlog.get_logger()


class JournalWatch:
    """Asks the journal once a second, in a thread of its own, until it fails or is stopped."""

    def __init__(self, journal: PostgresJournal, on_failure: Callable[[BaseException], None]) -> None:
        self._journal = journal
        self._on_failure = on_failure
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="journal-watch", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Stop asking."""
        self._stopped.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopped.wait(CHECK_EVERY_S):
            try:
                self._journal.check()
            except JournalFailure as error:
                log.error("journal_lost", reason=str(error), code=error.code)  # noqa: TRY400 - one line says it
                self._on_failure(error)
                return
