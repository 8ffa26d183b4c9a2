"""Supervisors over small real processes."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from runtime.settings import CoreSettings
from runtime.supervisor import leftovers, status
from runtime.supervisor.environment import ROOT, process_environment
from runtime.supervisor.probes import Alive, Http, Probe
from runtime.supervisor.processes import ProcessSpec
from runtime.supervisor.status import ProcessStatus, SystemStatus
from runtime.supervisor.supervisor import Supervisor
from tests.support.ports import lend_ports
from tests.support.servers import until

AT_ONCE = Alive(0)

SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def python(code: str, *arguments: object) -> tuple[str, ...]:
    """A quick Python process."""
    return (sys.executable, "-S", "-c", code, *map(str, arguments))


def server(name: str, port: int, *, depends_on: tuple[str, ...] = ()) -> ProcessSpec:
    """A process that is ready as soon as it serves HTTP."""
    return ProcessSpec(
        name=name,
        purpose="a test server",
        argv=python(SERVER, port),
        ready=Http(port),
        ports=(port,),
        depends_on=depends_on,
    )


def script(name: str, code: str, *arguments: object, ready: Probe = AT_ONCE) -> ProcessSpec:
    """A process that runs some code."""
    return ProcessSpec(name=name, purpose="a test", argv=python(code, *arguments), ready=ready)


class Running:
    """A supervisor on a thread, and what it told last."""

    def __init__(self, settings: CoreSettings, specs: Sequence[ProcessSpec]) -> None:
        self.settings = settings
        self.told: list[SystemStatus] = []
        self.told_at: list[float] = []
        self.started_at = time.monotonic()
        self._stop = threading.Event()
        supervisor = Supervisor(
            settings, specs, environment=process_environment(settings), cwd=ROOT, report=self._hear
        )
        self._thread = threading.Thread(target=supervisor.run, args=(self._stop,))
        self._thread.start()

    def __getitem__(self, name: str) -> ProcessStatus:
        return next(process for process in self.told[-1].processes if process.name == name)

    def _hear(self, status: SystemStatus) -> None:
        self.told_at.append(time.monotonic())
        self.told.append(status)

    def first(self, condition: Callable[[ProcessStatus], bool], name: str) -> int:
        """The place of the first report in which the process was so."""
        reports = [{each.name: each for each in told.processes}[name] for told in self.told]
        return next(place for place, report in enumerate(reports) if condition(report))

    def log(self, name: str) -> str:
        """What a process said."""
        path = self.settings.data_dir / "logs" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the supervisor says so."""
        until(lambda: bool(self.told) and condition(), what=what)

    def wait_ready(self) -> None:
        """Wait until every process is ready."""
        self.wait(lambda: self.told[-1].is_ready, "every process is ready")

    def stop(self) -> None:
        """Stop everything."""
        self._stop.set()
        self._thread.join(timeout=20)
        assert not self._thread.is_alive()

    def file_status(self) -> SystemStatus | None:
        """What `tidegate status` would see."""
        return status.read(self.settings.data_dir / "run")


Start = Callable[..., Running]


@pytest.fixture
def data_settings(tmp_path: Path) -> Iterator[CoreSettings]:
    """Settings of an empty data folder and free ports."""
    with lend_ports(range(20)) as port_base:
        yield CoreSettings(data_dir=tmp_path / "data", port_base=port_base)


@pytest.fixture
def start(data_settings: CoreSettings) -> Iterator[Start]:
    """Start a supervisor over some processes; everything is gone after the test."""
    running: list[Running] = []

    def _start(*specs: ProcessSpec) -> Running:
        running.append(Running(data_settings, specs))
        return running[-1]

    yield _start
    for each in running:
        each.stop()
    assert list(leftovers.marked(data_settings.data_dir)) == []
