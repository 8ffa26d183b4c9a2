"""The supervisor's parts: logs, probes, the screen and the table of processes."""

import http.server
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from runtime.errors import SettingsError
from runtime.settings import CoreSettings
from runtime.supervisor import log_files, probes
from runtime.supervisor.child import State
from runtime.supervisor.processes import own_simulator_url, processes
from runtime.supervisor.screen import Calm, Lines, duration, screen
from runtime.supervisor.status import ProcessStatus, SystemStatus


def process(name: str = "trading", state: State = State.READY, reason: str = "") -> ProcessStatus:
    return ProcessStatus(
        name=name,
        purpose="the dashboard",
        state=state,
        ports=(8000,),
        pid=1,
        restarts=2,
        uptime_s=65.0,
        reason=reason,
    )


def system(*all_processes: ProcessStatus) -> SystemStatus:
    return SystemStatus(
        version="0.1.0",
        dashboard="http://127.0.0.1:8000",
        data_dir="data",
        supervisor_pid=1,
        is_stopping=False,
        processes=all_processes,
    )


def test_a_long_log_is_moved_aside_while_its_writer_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "a.log"
    with log_files.open_for_append(path) as log:
        log.write(b"x" * 100)
        log.flush()
        assert log_files.rotate(path, bytes_max=50)
        log.write(b"more")
    assert path.read_bytes() == b"more"
    assert path.with_name("a.log.1").read_bytes() == b"x" * 100
    assert not log_files.rotate(path, bytes_max=50)


def test_the_last_words_are_the_error_line_of_this_life(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("error: of a former life\nerror: a port is busy\ngoodbye\n")
    assert log_files.last_words(path) == "a port is busy"
    assert log_files.last_words(path, since=path.read_text().index("goodbye")) == "goodbye"
    assert log_files.last_words(tmp_path / "missing.log") == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"event": "engine_failed", "level": "error", "reason": "no ledger"}', "engine_failed: no ledger"),
        (
            '{"event": "died", "level": "critical", "exception": "Traceback\\nKeyError: 3"}',
            "died: KeyError: 3",
        ),
        ('{"event": "stopped", "level": "info"}', "goodbye"),
        ("psycopg.OperationalError: gone", "psycopg.OperationalError: gone"),
        ("{broken", "goodbye"),
    ],
)
def test_the_last_words_are_found_in_every_form_of_log(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "a.log"
    path.write_text(f"hello\n{line}\ngoodbye\n")
    assert log_files.last_words(path) == words


@contextmanager
def answering(code: int, body: bytes) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("code", "document", "expected"),
    [
        (200, {}, ""),
        (503, {"reasons": {"database": "is away"}}, "is away"),
        (503, {"reason": "no model yet"}, "no model yet"),
        (503, ["?"], "not ready"),
    ],
)
def test_a_probe_tells_why_a_process_is_not_ready(code: int, document: object, expected: str) -> None:
    with answering(code, json.dumps(document).encode()) as port:
        assert probes.ask(probes.Http(port), 0) == expected
        assert probes.ask(probes.Tcp(port), 0) == ""
    assert "does not answer" in probes.ask(probes.Http(port), 0)
    assert "does not listen" in probes.ask(probes.Tcp(port), 0)


def test_the_screen_has_the_address_and_a_line_a_process() -> None:
    console = Console(file=io.StringIO(), width=120)
    console.print(screen(system(process(), process("flows", State.BACKING_OFF, "killed by SIGKILL"))))
    assert isinstance(console.file, io.StringIO)
    header, _, trading, flows = console.file.getvalue().splitlines()
    assert "http://127.0.0.1:8000" in header
    assert trading.split()[:5] == ["trading", "ready", "8000", "2", "1m05s"]
    assert "restarting" in flows
    assert "killed by SIGKILL" in flows


def test_the_screen_says_at_the_end_that_all_has_stopped_and_what_had_to_be_killed() -> None:
    console = Console(file=io.StringIO(), width=120)
    ended = [
        process("flows", State.STOPPED),
        process("trading", State.STOPPED, "killed: it did not stop in time"),
    ]
    console.print(screen(msgspec.structs.replace(system(*ended), is_stopping=True)))
    assert isinstance(console.file, io.StringIO)
    header, _, _, trading = console.file.getvalue().splitlines()
    assert header.rstrip().endswith("stopped")
    assert "killed: it did not stop in time" in trading


def test_on_a_terminal_only_changes_are_shown_at_once() -> None:
    shown: list[SystemStatus] = []
    calm = Calm(shown.append)
    for state in (State.STARTING, State.STARTING, State.READY, State.READY):
        calm.show(system(process(state=state)))
    assert [status.processes[0].state for status in shown] == [State.STARTING, State.READY]


def test_without_a_terminal_each_change_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines.show(system(process(state=State.STARTING)))
    lines.show(system(process(state=State.STARTING)))
    lines.show(system(process()))
    lines.show(system(process()))
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["trading", "starting"],
        ["trading", "ready"],
        ["Dashboard", "http://127.0.0.1:8000"],
        ["all", "processes"],
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0s"), (65, "1m05s"), (7800, "2h10m"), (3 * 86_400 + 4 * 3600, "3d04h")]
)
def test_durations_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_table_names_each_port_once_and_only_known_dependencies() -> None:
    settings = CoreSettings()
    simulated = settings.model_copy(update={"simulator_url": own_simulator_url(settings)})
    specs = processes(simulated)
    ports = [port for spec in specs for port in spec.ports]
    assert len(ports) == len(set(ports))
    names = [spec.name for spec in specs]
    assert names[0] == "database"
    assert all(set(spec.depends_on) | set(spec.after) <= set(names) for spec in specs)


def test_live_venues_need_no_simulator() -> None:
    assert "simulator" not in [spec.name for spec in processes(CoreSettings())]


def test_processes_can_be_chosen_and_left_away_by_name_or_family() -> None:
    settings = CoreSettings()
    assert [spec.name for spec in processes(settings, only=["database", "flows"])] == ["database", "flows"]
    rest = {spec.name for spec in processes(settings, without=["dagster", "collector-kraken"])}
    assert not any(name.startswith("dagster") for name in rest)
    assert "collector-kraken" not in rest
    assert "collector-binance" in rest


def test_a_process_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(
        SettingsError, match=r"no process is called dagster-wep; there are database, .*dagster-web"
    ):
        processes(CoreSettings(), without=["dagster-wep"])
