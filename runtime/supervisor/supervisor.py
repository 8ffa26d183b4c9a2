"""The supervisor: starts the table of processes in order of health and keeps them alive.

One thread drives all children by `tick`; only the readiness questions run beside it. Stopping goes
in the reverse order, in waves: whoever depends on a process stops before it. Everything is killed
that does not stop in time, so that nothing is left after `STOP_BUDGET_S`.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TypeAlias

import structlog

from runtime import VERSION
from runtime.errors import PortInUse, ProcessRefused
from runtime.ports import is_port_free
from runtime.settings import CoreSettings
from runtime.supervisor import leftovers, lock, status
from runtime.supervisor.child import Child
from runtime.supervisor.processes import ProcessSpec
from runtime.supervisor.status import ProcessStatus, SystemStatus

TICK_S = 0.1
HOUSEKEEPING_EVERY_S = 2.0
STOP_BUDGET_S = 13.0
PROBE_THREADS = 6
PORT_PATIENCE_S = 3.0
KILLED = "killed: it did not stop in time"

Report: TypeAlias = Callable[[SystemStatus], None]

log = structlog.get_logger(__name__)


class Supervisor:
    """All processes of one data folder."""

    def __init__(
        self,
        settings: CoreSettings,
        specs: Sequence[ProcessSpec],
        *,
        environment: Mapping[str, str],
        cwd: Path,
        report: Report,
    ) -> None:
        self._data_dir = settings.data_dir
        self._run_dir = settings.data_dir / "run"
        self._dashboard = f"http://127.0.0.1:{settings.api_port}"
        self._children = {spec.name: Child(spec, settings.data_dir, environment, cwd) for spec in specs}
        self._report = report
        self._started_at = 0.0
        self._next_housekeeping_at = 0.0
        self._is_stopping = False
        self._has_lost_status = False
        self._last: SystemStatus | None = None

    def run(self, stop: Event) -> None:
        """Start everything and keep it alive until `stop` is set; then stop everything.

        Raises:
            AlreadyRunning: another supervisor holds the data folder.
            PortInUse: something else holds a port that a process needs.
            ProcessRefused: the settings of a process keep it from starting.
        """
        with lock.hold(self._run_dir):
            if ended := leftovers.end(self._data_dir):
                log.warning("leftovers_ended", processes=ended)
            self._refuse_busy_ports()
            self._started_at = time.monotonic()
            executor = ThreadPoolExecutor(PROBE_THREADS, thread_name_prefix="probe")
            try:
                while not stop.wait(TICK_S):
                    self._tick(executor)
            finally:
                self._stop_all()
                executor.shutdown(wait=False, cancel_futures=True)

    def _tick(self, executor: ThreadPoolExecutor) -> None:
        now = time.monotonic()
        for child in self._children.values():
            child.tick(now, executor, may_start=self._may_start(child.spec, now))
        self._tell(now)
        for name, child in self._children.items():
            if child.refusal:
                raise ProcessRefused(f"{name} can't start so: {child.refusal}")
        if now >= self._next_housekeeping_at:
            self._next_housekeeping_at = now + HOUSEKEEPING_EVERY_S
            for child in self._children.values():
                child.rotate_log()

    def _may_start(self, spec: ProcessSpec, now: float) -> bool:
        if not all(self._children[name].is_ready for name in spec.depends_on):
            return False
        waited_s = now - self._started_at
        return waited_s > spec.after_timeout_s or all(self._children[name].is_ready for name in spec.after)

    def _refuse_busy_ports(self) -> None:
        """Check all ports before anything starts; those of killed leftovers may take a moment."""
        deadline = time.monotonic() + PORT_PATIENCE_S
        wanted = [(port, child.spec) for child in self._children.values() for port in child.spec.ports]
        for port, spec in wanted:
            while not is_port_free(port):
                if time.monotonic() > deadline:
                    raise PortInUse(
                        f"port {port} is in use, and {spec.name} ({spec.purpose}) needs it: stop what holds "
                        "it, or set TIDEGATE_PORT_BASE to another base, such as 9000"
                    )
                time.sleep(0.1)

    def _tell(self, now: float) -> None:
        current = self._status(now)
        with suppress(OSError):  # a terminal that was closed must not keep us from stopping
            self._report(current)
        if self._last is None or now >= self._next_housekeeping_at or _differ(current, self._last):
            self._write_status(current)
        self._last = current

    def _write_status(self, current: SystemStatus) -> None:
        """Keep the status file; a full disk must not bring down what still works without it."""
        try:
            status.write(current, self._run_dir)
        except OSError as error:
            if not self._has_lost_status:
                log.warning("status_not_written", reason=str(error))
            self._has_lost_status = True
        else:
            self._has_lost_status = False

    def _status(self, now: float) -> SystemStatus:
        return SystemStatus(
            version=VERSION,
            dashboard=self._dashboard,
            data_dir=str(self._data_dir),
            supervisor_pid=os.getpid(),
            is_stopping=self._is_stopping,
            processes=tuple(
                ProcessStatus(
                    name=name,
                    purpose=child.spec.purpose,
                    state=child.state,
                    ports=child.spec.ports,
                    pid=child.pid,
                    restarts=child.restarts,
                    uptime_s=round(child.uptime_s(now), 1),
                    reason=child.reason,
                )
                for name, child in self._children.items()
            ),
        )

    def _stop_all(self) -> None:
        self._is_stopping = True
        deadline = time.monotonic() + STOP_BUDGET_S
        waves = list(self._waves())
        try:
            for number, wave in enumerate(waves):
                share_s = (deadline - time.monotonic()) / (len(waves) - number)
                self._stop_wave(wave, time.monotonic() + share_s)
        finally:
            leftovers.end(self._data_dir)
        self._tell(time.monotonic())

    def _stop_wave(self, wave: Sequence[Child], deadline: float) -> None:
        started = time.monotonic()
        for child in wave:
            child.terminate()
        left = list(wave)
        while left:
            now = time.monotonic()
            for child in list(left):
                is_late = now >= min(deadline, started + child.spec.stop_s)
                has_ended = child.has_ended()
                if is_late or has_ended:
                    child.finish("" if has_ended else KILLED)
                    left.remove(child)
            self._tell(now)
            time.sleep(TICK_S / 2)

    def _waves(self) -> Iterator[list[Child]]:
        """Give those that nobody left depends on, then those that this frees, and so on."""
        left = dict(self._children)
        while left:
            needed = {name for child in left.values() for name in child.spec.depends_on}
            wave = [child for name, child in left.items() if name not in needed]
            yield wave
            left = {name: child for name, child in left.items() if name in needed}


def _differ(one: SystemStatus, other: SystemStatus) -> bool:
    def essence(whole: SystemStatus) -> list[tuple[object, ...]]:
        return [(each.name, each.state, each.pid, each.restarts, each.reason) for each in whole.processes]

    return one.is_stopping != other.is_stopping or essence(one) != essence(other)
