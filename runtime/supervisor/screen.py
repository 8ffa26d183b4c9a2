"""The supervisor's two faces: a calm screen on a terminal, one line per change elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from runtime.supervisor.child import State
from runtime.supervisor.status import ProcessStatus, SystemStatus

COLOURS = {
    State.READY: "green",
    State.STARTING: "cyan",
    State.WAITING: "bright_black",
    State.UNREADY: "yellow",
    State.BACKING_OFF: "red",
    State.STOPPING: "yellow",
    State.STOPPED: "bright_black",
}
REASON_LENGTH_MAX = 200
REFRESH_S = 1.0

Show: TypeAlias = Callable[[SystemStatus], None]


@contextmanager
def open_screen() -> Iterator[Show]:
    """Give the function that shows a status: on a terminal the screen, elsewhere lines."""
    if not sys.stdout.isatty():
        yield Lines().show
        return
    with Live(console=Console(), auto_refresh=False) as live:
        yield Calm(lambda status: live.update(screen(status), refresh=True)).show


class Calm:
    """Show a status at once when a state changes, and else once a second for the uptimes."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._states: list[tuple[str, State, str]] = []
        self._next_at = 0.0

    def show(self, status: SystemStatus) -> None:
        """Show the status if it is time to."""
        states = [(process.name, process.state, process.reason) for process in status.processes]
        now = time.monotonic()
        if states != self._states or now >= self._next_at:
            self._states, self._next_at = states, now + REFRESH_S
            self._show(status)


def screen(status: SystemStatus) -> Group:
    """Lay out the whole status: the dashboard's address, then a line a process."""
    if status.is_stopping:
        stopped = all(process.state is State.STOPPED for process in status.processes)
        words = "stopped" if stopped else "stopping …"
    elif _dashboard_is_up(status):
        words = "Ctrl-C stops everything"
    else:
        words = "starting …"
    header = Text.assemble(
        ("Tidegate ", "bold"), status.version, "   Dashboard  ", (status.dashboard, "bold"), f"   {words}"
    )
    return Group(header, table(status))


def table(status: SystemStatus) -> Table:
    """Lay out a line a process: state, port, restarts, uptime and what is wrong."""
    lines = Table(box=None, pad_edge=False, header_style="bright_black", expand=True)
    lines.add_column("process", no_wrap=True, min_width=18)
    lines.add_column("state", no_wrap=True, min_width=10)
    lines.add_column("port", justify="right", min_width=5)
    lines.add_column("restarts", justify="right", min_width=8)
    lines.add_column("uptime", justify="right", min_width=6)
    lines.add_column("", overflow="ellipsis", no_wrap=True, ratio=1)
    for process in status.processes:
        lines.add_row(
            process.name,
            Text(process.state.value, style=COLOURS[process.state]),
            str(process.ports[0]) if process.ports else "-",
            str(process.restarts),
            duration(process.uptime_s),
            Text(process.reason or process.purpose, style="" if process.reason else "bright_black"),
        )
    return lines


class Lines:
    """One line per change, for logs and pipes."""

    def __init__(self) -> None:
        self._last: dict[str, ProcessStatus] = {}
        self._told_dashboard = False
        self._told_ready = False

    def show(self, status: SystemStatus) -> None:
        """Print what has changed since the last time."""
        for process in status.processes:
            before = self._last.get(process.name)
            self._last[process.name] = process
            if before is None or (before.state, before.restarts) != (process.state, process.restarts):
                _print(line(process))
        if not self._told_dashboard and _dashboard_is_up(status):
            self._told_dashboard = True
            _print(f"Dashboard  {status.dashboard}")
        if not self._told_ready and status.is_ready:
            self._told_ready = True
            _print(f"all processes are ready ({len(status.processes)})")


def line(process: ProcessStatus) -> str:
    """Say one process's state in one line."""
    port = f"  port {process.ports[0]}" if process.ports else ""
    restarts = f"  restarts {process.restarts}" if process.restarts else ""
    reason = f"  {process.reason[:REASON_LENGTH_MAX]}" if process.reason else ""
    return f"{process.name:<20} {process.state.value:<10}{port}{restarts}{reason}"


def duration(seconds: float) -> str:
    """Write a length of time as people say it: 42s, 3m05s, 2h10m, 3d04h."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86_400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"{whole // 86_400}d{whole % 86_400 // 3600:02}h"


def _dashboard_is_up(status: SystemStatus) -> bool:
    return any(process.name == "trading" and process.state is State.READY for process in status.processes)


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201  (this is the command's output)
