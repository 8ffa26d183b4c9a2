"""Starts the whole system as a user does, and asks it questions as a user would."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
import psutil
import psycopg

from tests.support.ports import lend_ports

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

T = TypeVar("T")


class System:
    """One `tidegate up` in a data folder of its own."""

    def __init__(self, data_dir: Path, *arguments: str, **settings: str) -> None:
        self.data_dir = data_dir
        self._ports = ExitStack()
        self.port_base = self._ports.enter_context(lend_ports())
        self._arguments = arguments
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.api = httpx.Client(base_url=self.url, timeout=30)

    @property
    def url(self) -> str:
        """Where the dashboard and the API are."""
        return f"http://127.0.0.1:{self.port_base}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the system and of commands that look into it."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
            "TIDEGATE_DATA_DIR": str(self.data_dir),
            "TIDEGATE_PORT_BASE": str(self.port_base),
            **self._settings,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._ports:
            self.stop()

    def start(self) -> None:
        """Start the supervisor in a session of its own."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "up.log").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "runtime.cli", "up", *self._arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> float:
        """Press Ctrl-C; return how many seconds it took until the supervisor had ended."""
        if self._process is None:
            return 0.0
        started = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"still running 30 s after Ctrl-C\n{self.report()}") from None
        self._process = None
        self.api.close()
        self.api = httpx.Client(base_url=self.url, timeout=30)
        return time.monotonic() - started

    def status(self) -> dict[str, Any]:
        """Return what the supervisor says of its processes, by name."""
        document = json.loads((self.data_dir / "run" / "status.json").read_text())
        return {process["name"]: process for process in document["processes"]}

    def get(self, path: str) -> Any:
        """Return the JSON that the API answers."""
        return self.api.get(path).raise_for_status().json()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the system's database."""
        password = (self.data_dir / "postgres-password").read_text().strip()
        address = f"127.0.0.1:{self.port_base + 500}"
        with psycopg.connect(f"postgresql://tidegate:{password}@{address}/tidegate") as connection:
            return connection.execute(sql).fetchall()

    def wait_for(self, what: str, ask: Callable[[], T | None], *, timeout_s: float) -> T:
        """Ask until the answer is true; fail with the system's state if it never is."""
        deadline = time.monotonic() + timeout_s
        last_error: Exception | None = None
        while time.monotonic() < deadline:
            assert self._process is None or self._process.poll() is None, f"ended early\n{self.report()}"
            try:
                if answer := ask():
                    return answer
            except (httpx.HTTPError, psycopg.Error, OSError, KeyError, ValueError) as error:
                last_error = error
            time.sleep(0.25)
        raise AssertionError(f"no {what} within {timeout_s:.0f} s (last: {last_error!r})\n{self.report()}")

    def descendants(self) -> list[psutil.Process]:
        """Return every living process that this system started, found by its environment."""
        mine = f"TIDEGATE_DATA_DIR={self.data_dir}".encode()
        found = []
        for process in psutil.process_iter(["pid"]):
            try:
                environment = Path(f"/proc/{process.pid}/environ").read_bytes()
            except OSError:
                continue
            if mine in environment and process.pid != os.getpid() and process.status() != "zombie":
                found.append(process)
        return found

    def report(self) -> str:
        """Return the ends of all logs, for the message of a failed test."""
        logs = sorted([self.data_dir / "up.log", *(self.data_dir / "logs").glob("*.log")])
        ends = [(log.name, log.read_bytes()[-1500:]) for log in logs if log.exists()]
        return "\n".join(f"--- {name}\n{end.decode(errors='replace')}" for name, end in ends)
