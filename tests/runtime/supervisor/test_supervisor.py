"""The supervisor keeps real processes alive and leaves nothing behind."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from runtime.errors import EXIT_MISCONFIGURED, AlreadyRunning, PortInUse, ProcessRefused, SettingsError
from runtime.ports import is_port_free
from runtime.settings import CoreSettings
from runtime.supervisor import leftovers, lock, log_files
from runtime.supervisor.child import BACK_OFF_MIN_S, State
from runtime.supervisor.environment import ROOT, process_environment
from runtime.supervisor.probes import Alive
from runtime.supervisor.processes import ProcessSpec
from runtime.supervisor.status import SystemStatus
from runtime.supervisor.supervisor import Supervisor
from tests.runtime.supervisor.conftest import Start, python, script, server
from tests.support.servers import START_S, until

SLEEP = "import time; time.sleep(600)"


def test_a_process_starts_when_those_it_depends_on_are_ready(
    start: Start, data_settings: CoreSettings
) -> None:
    base = data_settings.port_base
    running = start(server("second", base + 1, depends_on=("first",)), server("first", base))
    running.wait_ready()
    for told in running.told:
        states = {process.name: process.state for process in told.processes}
        assert states["second"] is State.WAITING or states["first"] is State.READY


def test_a_killed_process_is_back_within_seconds(start: Start, data_settings: CoreSettings) -> None:
    running = start(server("only", data_settings.port_base))
    running.wait_ready()
    pid = running["only"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    running.wait(lambda: running["only"].restarts == 1 and running["only"].state is State.READY, "back again")
    assert running["only"].pid not in {pid, None}
    assert any("killed by SIGKILL" in process.reason for told in running.told for process in told.processes)


def test_stopping_frees_every_port_and_ends_every_process(start: Start, data_settings: CoreSettings) -> None:
    ports = [data_settings.port_base + number for number in range(3)]
    running = start(*(server(f"server-{port}", port) for port in ports))
    running.wait_ready()
    pids = [process.pid for process in running.told[-1].processes]
    started = time.monotonic()
    running.stop()
    assert time.monotonic() - started < 15
    assert all(is_port_free(port) for port in ports)
    assert not any(pid and psutil.pid_exists(pid) for pid in pids)
    assert {process.state for process in running.told[-1].processes} == {State.STOPPED}


def test_what_depends_on_a_process_stops_before_it(start: Start, tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "def stop(*_):\n"
        "    open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('listens', flush=True)\n"
        "time.sleep(600)\n"
    )
    order = tmp_path / "order"
    specs = [
        ProcessSpec(
            name=name,
            purpose="a test",
            argv=python(code, order, name),
            ready=Alive(0.2),
            depends_on=(chr(ord(name) - 1),) if name != "a" else (),
        )
        for name in ("a", "b", "c")
    ]
    running = start(*specs)
    running.wait_ready()
    running.wait(lambda: all("listens" in running.log(name) for name in "abc"), "all listen")
    running.stop()
    assert order.read_text() == "cba"


def test_a_process_that_ignores_sigterm_is_killed_and_its_line_says_so(
    start: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    ignoring = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    running = start(replace(script("deaf", f"{ignoring}; print('deaf', flush=True); {SLEEP}"), stop_s=0.5))
    running.wait(lambda: "deaf" in running.log("deaf"), "it ignores the signal")
    running.wait_ready()
    time_before = time.monotonic()
    running.stop()
    assert time.monotonic() - time_before < 15
    assert (running["deaf"].state, running["deaf"].reason) == (
        State.STOPPED,
        "killed: it did not stop in time",
    )
    assert capfd.readouterr() == ("", "")


def test_what_a_dead_process_had_started_is_ended_even_in_its_own_session(
    start: Start, data_settings: CoreSettings
) -> None:
    code = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-S', '-c', {SLEEP!r}], start_new_session=True)\n"
        "time.sleep(600)\n"
    )
    running = start(script("parent", code))
    running.wait(lambda: len(list(leftovers.marked(data_settings.data_dir))) == 2, "both live")
    before = {process.pid for process in leftovers.marked(data_settings.data_dir)}
    pid = running["parent"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    running.wait(lambda: running["parent"].restarts == 1, "its death was noticed")
    running.wait(lambda: running["parent"].state is State.READY, "it is back")
    assert not before & {process.pid for process in leftovers.marked(data_settings.data_dir)}


def test_a_process_that_keeps_dying_is_retried_more_and_more_slowly_and_says_why(start: Start) -> None:
    running = start(
        script("broken", "import sys; print('error: no such thing'); sys.exit(2)", ready=Alive(5))
    )
    running.wait(lambda: running["broken"].restarts == 3, "three deaths")
    assert running["broken"].reason == "ended with code 2: no such thing"
    for deaths in (1, 2):
        noticed = running.first(lambda told, n=deaths: told.restarts == n, "broken")
        again = running.first(
            lambda told, n=deaths: told.restarts == n and told.state is State.STARTING, "broken"
        )
        # From the report before: the death is noticed some time between the two.
        pause_s = running.told_at[again] - running.told_at[noticed - 1]
        assert pause_s >= BACK_OFF_MIN_S * 2 ** (deaths - 1)


def test_a_process_whose_settings_keep_it_from_starting_ends_the_run_with_its_words(
    data_settings: CoreSettings,
) -> None:
    port = data_settings.port_base
    code = f"import sys; print('error: no such strategy'); sys.exit({EXIT_MISCONFIGURED})"
    refusing = script("trading", code, ready=Alive(5))
    supervisor = Supervisor(
        data_settings,
        [server("web", port), refusing],
        environment=process_environment(data_settings),
        cwd=ROOT,
        report=lambda _: None,
    )
    with pytest.raises(ProcessRefused, match=r"^trading can't start so: no such strategy$"):
        supervisor.run(threading.Event())
    assert is_port_free(port)


def test_a_process_that_was_ready_is_tried_again_whatever_it_says(start: Start) -> None:
    code = f"import sys, time; time.sleep(1); print('error: bad'); sys.exit({EXIT_MISCONFIGURED})"
    running = start(script("once", code))
    running.wait(lambda: running["once"].restarts == 2, "two deaths")


def test_a_busy_port_is_named_with_who_needs_it_and_the_way_out(data_settings: CoreSettings) -> None:
    with socket.create_server(("127.0.0.1", data_settings.port_base)):
        quiet = Supervisor(
            data_settings,
            [server("trading", data_settings.port_base)],
            environment={},
            cwd=ROOT,
            report=lambda _: None,
        )
        expected = rf"port {data_settings.port_base} is in use, and trading .* TIDEGATE_PORT_BASE"
        with pytest.raises(PortInUse, match=expected):
            quiet.run(threading.Event())


def test_a_closed_terminal_does_not_keep_it_from_stopping(data_settings: CoreSettings) -> None:
    stop = threading.Event()

    def report(status: SystemStatus) -> None:
        if status.is_ready:
            stop.set()
        raise OSError(errno.EIO, "the terminal is gone")

    specs = [server("only", data_settings.port_base)]
    Supervisor(data_settings, specs, environment=dict(os.environ), cwd=ROOT, report=report).run(stop)
    assert is_port_free(data_settings.port_base)
    assert list(leftovers.marked(data_settings.data_dir)) == []


def test_a_full_disk_does_not_bring_down_what_runs(start: Start, data_settings: CoreSettings) -> None:
    """A folder in the way of each file that the supervisor writes stands for a disk without room."""
    (data_settings.data_dir / "run" / "status.json.new").mkdir(parents=True)
    (data_settings.data_dir / "run" / "first.json").mkdir()
    (data_settings.data_dir / "logs" / "second.log").mkdir(parents=True)
    (data_settings.data_dir / "logs" / "first.log.1").mkdir()
    (data_settings.data_dir / "logs" / "first.log").write_bytes(b"x" * log_files.BYTES_MAX)
    running = start(script("first", SLEEP), script("second", SLEEP))
    running.wait(lambda: "can't be started" in running["second"].reason, "the second one backs off")
    running.wait(lambda: running["first"].state is State.READY and running["first"].uptime_s > 3, "it lives")
    (data_settings.data_dir / "logs" / "second.log").rmdir()
    running.wait(lambda: running["second"].state is State.READY, "there is room again")
    assert running["first"].restarts == 0


def test_a_data_folder_that_can_not_be_written_is_named(data_settings: CoreSettings) -> None:
    data_settings.data_dir.mkdir(parents=True, exist_ok=True)
    (data_settings.data_dir / "run").write_text("a file where a folder should be")
    with pytest.raises(
        SettingsError, match=r"the data folder .* can't be written \(.*\); set TIDEGATE_DATA_DIR"
    ):
        Supervisor(data_settings, [], environment={}, cwd=ROOT, report=lambda _: None).run(threading.Event())
    assert lock.holder(data_settings.data_dir / "run") is None


def test_a_second_supervisor_on_the_same_folder_is_refused(start: Start, data_settings: CoreSettings) -> None:
    running = start(script("only", SLEEP))
    running.wait_ready()
    second = Supervisor(data_settings, [], environment={}, cwd=ROOT, report=lambda _: None)
    with pytest.raises(AlreadyRunning, match=f"runs already on .* \\(process {os.getpid()}\\)"):
        second.run(threading.Event())


def test_what_a_killed_supervisor_left_is_ended_by_the_next_one(
    start: Start, data_settings: CoreSettings
) -> None:
    code = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from tests.runtime.supervisor.conftest import Running, server\n"
        "from runtime.settings import CoreSettings\n"
        "settings = CoreSettings(data_dir=Path(sys.argv[1]), port_base=int(sys.argv[2]))\n"
        "Running(settings, [server('only', settings.port_base)])\n"
        "threading.Event().wait()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(data_settings.data_dir), str(data_settings.port_base)], cwd=ROOT
    )
    until(
        lambda: not is_port_free(data_settings.port_base),
        timeout_s=START_S,
        what="the first supervisor's process listens",
        process=first,
    )
    (left,) = leftovers.marked(data_settings.data_dir)
    first.kill()
    first.wait()
    assert left.is_running()
    running = start(server("only", data_settings.port_base))
    running.wait_ready()
    assert not left.is_running()
    assert running["only"].restarts == 0


def test_the_status_file_tells_what_runs_and_nothing_when_nothing_does(
    start: Start, data_settings: CoreSettings
) -> None:
    running = start(server("only", data_settings.port_base))
    running.wait_ready()
    until(lambda: (told := running.file_status()) is not None and told.is_ready)
    told = running.file_status()
    assert told is not None
    assert told.processes[0].pid == running["only"].pid
    assert told.dashboard == f"http://127.0.0.1:{data_settings.api_port}"
    running.stop()
    assert running.file_status() is None


def test_a_process_waits_for_those_before_it_but_not_for_ever(start: Start) -> None:
    never = script("never", SLEEP, ready=Alive(1e9))
    late = ProcessSpec(
        name="late",
        purpose="a test",
        argv=python(SLEEP),
        ready=Alive(0),
        after=("never",),
        after_timeout_s=0.5,
    )
    running = start(never, late)
    running.wait(lambda: running["late"].state is State.READY, "it starts anyway")
    begun = running.first(lambda told: told.state is not State.WAITING, "late")
    assert running.told_at[begun] - running.started_at > late.after_timeout_s, "it waits first"
