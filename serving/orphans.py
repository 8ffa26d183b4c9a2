"""End a worker whose parent was killed.

BentoML's arbiter holds the listening socket and starts the worker; after a kill -9 of the arbiter
the worker would keep the port, and the supervisor's new arbiter could not bind it.
"""

import os
import threading

POLL_S = 0.5


def exit_with_parent() -> None:
    """Start a thread that ends this process as soon as its parent is gone."""
    parent = os.getppid()
    pause = threading.Event()

    def _watch() -> None:
        while os.getppid() == parent:
            pause.wait(POLL_S)
        os._exit(1)

    threading.Thread(target=_watch, name="parent-watch", daemon=True).start()
