"""The data plane as real processes on free ports and in a folder that vanishes: for benchmarks."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib import resources
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
from pydantic import SecretStr

from runtime.ports import is_port_served
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.support.ports import lend_ports

ROOT = Path(__file__).parents[1]
READY_S = 120.0
VENUES = ("binance", "coinbase", "kraken")
_PROCESSES = {
    "database": ("runtime.database", 501),
    "simulator": ("simulator", 100),
    "collector": ("streaming.collectors", 111),
    "flows": ("streaming.flows", 120),
    "trading": ("trading.api", 0),
}
"""Module and port (above the base) of each process."""


class DataPlane:
    """Database, simulator, three collectors and the flows; on a Kafka-protocol broker if asked."""

    def __init__(
        self, event_log: str, *, venues: tuple[str, ...] = VENUES, with_trading: bool = False
    ) -> None:
        """Take the kind of event log, the venues, and whether the trading API runs too."""
        self.folder = Path(tempfile.mkdtemp(prefix="tidegate-bench-"))
        self.folder.chmod(0o711)
        self._ports = ExitStack()
        self.base = self._ports.enter_context(lend_ports())
        self.event_log = event_log
        self._with_trading = with_trading
        self._venues = venues
        self._processes: dict[str, psutil.Popen] = {}
        self._broker_folder: Path | None = None
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
            "TIDEGATE_DATA_DIR": str(self.folder / "data"),
            "TIDEGATE_PORT_BASE": str(self.base),
            "TIDEGATE_SIMULATOR_URL": f"http://127.0.0.1:{self.base + 100}",
            "TIDEGATE_EVENT_LOG": event_log,
            "TIDEGATE_VENUES": ",".join(venues),
            "TIDEGATE_KAFKA_BOOTSTRAP": f"127.0.0.1:{self.base + 590}",
            "PYTHONPATH": str(ROOT),
        }

    @property
    def settings(self) -> CoreSettings:
        """Settings to read the database and the log with."""
        password = (self.folder / "data" / "postgres-password").read_text().strip()
        return CoreSettings(
            data_dir=self.folder / "data",
            port_base=self.base,
            event_log="kafka" if self.event_log == "kafka" else "postgres",
            kafka_bootstrap=f"127.0.0.1:{self.base + 590}",
            database_url=SecretStr(f"postgresql://tidegate:{password}@127.0.0.1:{self.base + 500}/tidegate"),
        )

    def __enter__(self) -> Self:
        try:
            self._start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start_all(self) -> None:
        if self.event_log == "kafka":
            # A broker whose fetches cost the same however much it holds; those of Tansu, which the
            # tests use, grow with it. Now and then it writes all that it holds into one file: in
            # memory, so that the log is measured and not that file.
            self._broker_folder = Path(tempfile.mkdtemp(prefix="tidegate-bench-broker-", dir=_memory_disk()))
            folder, port = ["--data-dir", str(self._broker_folder)], ["--kafka-port", str(self.base + 590)]
            options = ["start", "--only", "kafka", *folder, *port]
            self._start("broker", [str(resources.files("noida_db") / "noida-db"), *options])
            self._wait_for("broker", lambda: is_port_served(self.base + 590))
        for name in self._names():
            self.start(name)

    def start(self, name: str) -> None:
        """Start one of our processes and wait until it is ready."""
        kind, _, venue = name.partition("-")
        module, port = _PROCESSES[kind]
        if venue:
            port += self._venues.index(venue)
        self._start(name, [sys.executable, "-m", module, *([venue] if venue else [])])
        self._wait_for(name, lambda: _answers(self.base + port))

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal to one process and wait for its end."""
        process = self._processes.pop(name)
        try:
            process.send_signal(how)
            process.wait(10)
        except psutil.NoSuchProcess:
            return  # it ended by itself; the others still have to
        except psutil.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_for(self, name: str, is_ready: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not is_ready():
            if self._processes[name].poll() is not None or time.monotonic() - began > READY_S:
                raise SystemExit(f"{name} does not start:\n{self.log_of(name).read_text()[-2000:]}")
            time.sleep(0.1)

    def _names(self) -> list[str]:
        collectors = [f"collector-{venue}" for venue in self._venues]
        return ["database", "simulator", *collectors, "flows", *(["trading"] if self._with_trading else [])]

    def __exit__(self, *_: object) -> None:
        for name in reversed(list(self._processes)):
            self.stop(name)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._broker_folder is not None:
            shutil.rmtree(self._broker_folder, ignore_errors=True)
        self._ports.close()

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the simulator's control pages."""
        url = f"http://127.0.0.1:{self.base + 100}/control/{path}"
        answer = httpx.get(url, timeout=30) if body is None else httpx.post(url, json=body, timeout=30)
        return answer.raise_for_status().json()

    def set_rate(self, updates_per_s: float) -> None:
        """Pump trades at this rate over all markets; the rest of the data keeps its pace."""
        self.control("rate", {"updates_per_s": updates_per_s})

    def trades_sent(self) -> int:
        """Return how many trades the simulator has sent to the collectors."""
        return sum(counts["trades"] for counts in self.control("counts").values())

    def trades_written(self) -> int:
        """Return how many trades are in the table."""
        with connect(self.settings) as connection:
            row = connection.execute("SELECT count(*) FROM trades").fetchone()
        assert row is not None, "count(*) gives a row"
        return int(str(row[0]))

    def wait_until_written(self, sent: int, timeout_s: float) -> tuple[int, float]:
        """Wait until `sent` trades are in the table; return how many are, and the seconds it took."""
        began = time.monotonic()
        while (written := self.trades_written()) < sent and time.monotonic() - began < timeout_s:
            time.sleep(0.25)
        return written, time.monotonic() - began

    def cpu_seconds(self) -> dict[str, float]:
        """Return the processor time that each process and its children have used."""
        used = {}
        for name, process in self._processes.items():
            family = [process, *process.children(recursive=True)]
            used[name] = sum(sum(member.cpu_times()[:2]) for member in family if member.is_running())
        return used

    def log_of(self, name: str) -> Path:
        """Return the file that a process logs to."""
        return self.folder / f"{name}.log"

    def _start(self, name: str, command: list[str]) -> None:
        with self.log_of(name).open("ab") as output:
            self._processes[name] = psutil.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def _memory_disk() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (a private folder is made in it)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
