"""The clock port: the only way that any room reads the time."""

import time
from typing import Protocol

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """A source of the present time."""

    def now_ns(self) -> int:
        """Return nanoseconds since the epoch, UTC."""
        ...


class SystemClock:
    """The machine's wall clock."""

    def now_ns(self) -> int:
        """Return nanoseconds since the epoch, UTC."""
        return time.time_ns()


class ManualClock:
    """A clock that stands still until it is told to move; for tests, replays and backtests."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """Return the set time."""
        return self._now_ns

    def advance(self, delta_ns: int) -> None:
        """Move forward by `delta_ns` nanoseconds."""
        self._now_ns += delta_ns

    def set(self, now_ns: int) -> None:
        """Jump to `now_ns`."""
        self._now_ns = now_ns
