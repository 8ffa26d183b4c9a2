"""Stopping: SIGTERM and SIGINT set one event, which every loop of a process waits on."""

import signal
import threading
from types import FrameType


def stop_event() -> threading.Event:
    """Return a new event that SIGTERM and SIGINT set; call it from the main thread."""
    event = threading.Event()

    def _stop(_signal: int, _frame: FrameType | None) -> None:
        event.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    return event
