"""One supervised process: its life from waiting to stopped, driven by `tick`.

waiting → starting → ready ⇄ unready
   ↑          ↓         ↓
   └──── backing off ←──┘            … → stopping → stopped
"""

import os
import signal
import subprocess
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import psutil

from runtime.errors import EXIT_MISCONFIGURED
from runtime.supervisor import leftovers, log_files
from runtime.supervisor.probes import READY, ask
from runtime.supervisor.processes import ProcessSpec

BACK_OFF_MIN_S = 0.5
BACK_OFF_MAX_S = 10.0
HEALTHY_AFTER_S = 30.0
"""So long a life makes up for earlier deaths: the back-off starts from its minimum again."""

PROBE_STARTING_S = 0.15
PROBE_READY_S = 2.0


class State(StrEnum):
    """Where a process is in its life."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    UNREADY = "not ready"
    BACKING_OFF = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"


class Child:
    """One process and all that it started. Times are monotonic seconds, given by the caller.

    `refusal` says why its settings keep it from starting at all; one that was ready once is tried again.
    """

    def __init__(self, spec: ProcessSpec, data_dir: Path, environment: Mapping[str, str], cwd: Path) -> None:
        self.spec = spec
        self.state = State.WAITING
        self.restarts = 0
        self.reason = ""
        self.refusal = ""
        self._data_dir = data_dir
        self._environment = {**environment, leftovers.MARK: leftovers.mark(data_dir, spec.name)}
        self._cwd = cwd
        self._log = data_dir / "logs" / f"{spec.name}.log"
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._next_start_at = 0.0
        self._failures = 0
        self._was_ready = False
        self._probe: Future[str] | None = None
        self._next_probe_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process id, while it lives."""
        return self._process.pid if self._process is not None else None

    @property
    def is_ready(self) -> bool:
        """Whether it does its work."""
        return self.state is State.READY

    def uptime_s(self, now: float) -> float:
        """Return how long it has lived."""
        return now - self._started_at if self._process is not None else 0.0

    def tick(self, now: float, executor: Executor, *, may_start: bool) -> None:
        """Look after the process once: start it, notice its death, ask whether it is ready."""
        if self._process is None:
            if may_start and now >= self._next_start_at:
                self._start(now)
        elif (code := self._process.poll()) is not None:
            self._bury(now, code)
        else:
            if now - self._started_at > HEALTHY_AFTER_S and self.is_ready:
                self._failures = 0
            self._ask(now, executor)

    def terminate(self) -> None:
        """Ask it to stop."""
        if self._process is None:
            self.state = State.STOPPED
            return
        self.state, self.reason = State.STOPPING, ""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def has_ended(self) -> bool:
        """Return whether it has stopped by itself."""
        return self._process is None or self._process.poll() is not None

    def finish(self, reason: str = "") -> None:
        """Kill what is left of it and of everything that it started; `reason` says why, where it had to."""
        if self._process is not None:
            self._kill_all(self._process)
            self._process = None
        self.state, self.reason = State.STOPPED, reason

    def rotate_log(self) -> None:
        """Keep its log small; where the disk is full, the next time does it."""
        with suppress(OSError):
            if log_files.rotate(self._log):
                self._log_start = 0

    def _start(self, now: float) -> None:
        try:
            self._process = self._spawn()
        except OSError as error:
            self._back_off(now, f"can't be started: {error}")
            return
        self._record(self._process.pid)
        self.state, self.reason = State.STARTING, ""
        self._started_at = self._next_probe_at = now
        self._probe = None

    def _spawn(self) -> "subprocess.Popen[bytes]":
        with log_files.open_for_append(self._log) as log:
            self._log_start = log.tell()
            return subprocess.Popen(  # noqa: S603  (our own table of commands)
                self.spec.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                cwd=self._cwd,
                # An own session: no Ctrl-C from our terminal, and a group to kill as one.
                start_new_session=True,
            )

    def _record(self, pid: int) -> None:
        """Note the process for people who look; the next `up` finds leftovers by their mark."""
        run_dir = self._data_dir / "run"
        with suppress(psutil.NoSuchProcess, OSError):
            run_dir.mkdir(parents=True, exist_ok=True)
            created = psutil.Process(pid).create_time()
            (run_dir / f"{self.spec.name}.json").write_text(f'{{"pid":{pid},"created":{created}}}\n')

    def _bury(self, now: float, code: int) -> None:
        assert self._process is not None
        self._kill_all(self._process)
        self._process = None
        self.restarts += 1
        words = log_files.last_words(self._log, self._log_start)
        if code == EXIT_MISCONFIGURED and not self._was_ready:
            self.refusal = words
        self._back_off(now, _ending(code, words))

    def _back_off(self, now: float, reason: str) -> None:
        self._failures += 1
        wait_s = min(BACK_OFF_MAX_S, BACK_OFF_MIN_S * 2 ** (self._failures - 1))
        self._next_start_at = now + wait_s
        self.state, self.reason = State.BACKING_OFF, reason

    def _kill_all(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        leftovers.end(self._data_dir, self.spec.name)
        process.wait()

    def _ask(self, now: float, executor: Executor) -> None:
        if self._probe is not None and self._probe.done():
            self._answer(self._probe.result())
            self._probe = None
            self._next_probe_at = now + (PROBE_READY_S if self.is_ready else PROBE_STARTING_S)
        if self._probe is None and now >= self._next_probe_at:
            self._probe = executor.submit(ask, self.spec.ready, now - self._started_at)

    def _answer(self, reason: str) -> None:
        if reason == READY:
            self.state, self.reason, self._was_ready = State.READY, "", True
        else:
            was_ready = self.state in {State.READY, State.UNREADY}
            self.state, self.reason = (State.UNREADY if was_ready else State.STARTING), reason


def _ending(code: int, words: str) -> str:
    ending = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    return f"{ending}: {words}" if words else ending
