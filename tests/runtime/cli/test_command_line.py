"""The `tidegate` command as people use it: helpful, and one clear line when something is wrong."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from runtime.cli.packages import PACKAGES
from runtime.cli.system import keep_apart
from runtime.ports import is_port_free
from runtime.settings import CoreSettings
from runtime.supervisor import leftovers, status
from runtime.supervisor.environment import recording_data_dir
from tests.support.ports import lend_ports
from tests.support.servers import START_S, temporary_folder, until

ROOT = Path(__file__).parents[3]


@pytest.fixture
def settings() -> Iterator[CoreSettings]:
    with temporary_folder() as folder, lend_ports() as port_base:
        yield CoreSettings(data_dir=folder, port_base=port_base)


def environment(settings: CoreSettings, **more: str) -> dict[str, str]:
    ours = {"TIDEGATE_DATA_DIR": str(settings.data_dir), "TIDEGATE_PORT_BASE": str(settings.port_base)}
    return {**os.environ, "COLUMNS": "150", **ours, **more}


def tidegate(settings: CoreSettings, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "runtime.cli", *arguments],
        cwd=ROOT,
        env=environment(settings, **more),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


def refused(finished: "subprocess.CompletedProcess[str]") -> str:
    """Check that a refusal is one line and return it."""
    assert finished.returncode == 2, finished.stdout
    (line,) = finished.stderr.splitlines()
    assert line.startswith("error: ")
    return line


@pytest.fixture
def running(settings: CoreSettings) -> Iterator["subprocess.Popen[bytes]"]:
    """`tidegate up` with the database alone."""
    log = settings.data_dir / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "runtime.cli", "up", "--only", "database"],
            cwd=ROOT,
            env=environment(settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: is_up(settings), timeout_s=START_S, what="ready", process=process, log=log)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=20)
        leftovers.end(settings.data_dir)


def is_up(settings: CoreSettings) -> bool:
    told = status.read(settings.data_dir / "run")
    return told is not None and told.is_ready


def test_help_tells_a_newcomer_where_to_start(settings: CoreSettings) -> None:
    finished = tidegate(settings, "--help")
    assert finished.returncode == 0
    assert "Start with" in finished.stdout
    for command in ("up", "doctor", "status", "migrate", "replay", "record", "backtest", "topics"):
        assert re.search(rf"^│ {command} ", finished.stdout, re.MULTILINE), command


def test_ctrl_c_stops_everything_and_leaves_no_process_and_no_port(
    settings: CoreSettings, running: "subprocess.Popen[bytes]"
) -> None:
    processes = list(leftovers.marked(settings.data_dir))
    assert len(processes) >= 2
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=15) == 0
    output = (settings.data_dir / "up.log").read_text()
    assert re.search(r"^database +ready +port", output, re.MULTILINE)
    assert "Traceback" not in output
    assert not any(process.is_running() for process in processes)
    assert is_port_free(settings.database_port)
    assert is_port_free(settings.database_health_port)


def test_a_second_up_is_refused_while_status_shows_the_first(
    settings: CoreSettings, running: "subprocess.Popen[bytes]"
) -> None:
    line = refused(tidegate(settings, "up", "--only", "database"))
    assert f"runs already on {settings.data_dir} (process {running.pid})" in line
    shown = tidegate(settings, "status")
    assert shown.returncode == 0
    assert re.search(r"database +ready", shown.stdout)
    listed = tidegate(settings, "topics")
    assert re.search(r"market\.books +3 +0 +0 +0", listed.stdout)
    assert tidegate(settings, "migrate").stdout == "the schema is up to date\n"


@pytest.mark.crash
def test_a_killed_database_and_a_killed_server_are_back_within_twenty_seconds(
    settings: CoreSettings, running: "subprocess.Popen[bytes]"
) -> None:
    for victim in ("process", "server"):
        told = status.read(settings.data_dir / "run")
        assert told is not None
        restarts, pid = told.processes[0].restarts, told.processes[0].pid
        if victim == "server":
            pid = int((settings.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(partial(is_back, settings, restarts), timeout_s=20, what=f"back after its {victim} died")


def is_back(settings: CoreSettings, restarts: int) -> bool:
    told = status.read(settings.data_dir / "run")
    return told is not None and told.processes[0].restarts > restarts and told.is_ready


def test_without_a_running_system_status_says_how_to_start(settings: CoreSettings) -> None:
    finished = tidegate(settings, "status")
    assert finished.returncode == 1
    assert "start it with `tidegate up`" in finished.stdout


def test_a_misspelt_setting_stops_every_command(settings: CoreSettings) -> None:
    for command in ("up", "status", "migrate", "topics"):
        line = refused(tidegate(settings, command, TIDEGATE_VENEUS="kraken"))
        assert line.endswith("TIDEGATE_VENEUS is no setting of Tidegate; did you mean TIDEGATE_VENUES?")


def test_a_missing_recording_is_named(settings: CoreSettings) -> None:
    line = refused(tidegate(settings, "up", "--recording", "no/such.jsonl"))
    assert line.endswith(f"there is no recording at {ROOT / 'no/such.jsonl'}")


def test_a_file_that_is_no_recording_is_named(settings: CoreSettings) -> None:
    line = refused(tidegate(settings, "up", "--recording", "pyproject.toml"))
    assert "pyproject.toml" in line


def test_an_account_in_another_currency_than_the_recording_is_named(settings: CoreSettings) -> None:
    recording = ROOT / "../shared/data/raw_ws/cryptofeed_v3/COINBASE.dev-first10s.jsonl.zst"
    if not recording.exists():
        pytest.skip("no recorded data beside the checkout (../shared/data)")
    line = refused(tidegate(settings, "up", "--recording", str(recording), TIDEGATE_TRADING_CURRENCY="EUR"))
    assert "nothing in it is quoted in EUR" in line
    assert "unset TIDEGATE_TRADING_CURRENCY" in line


def test_a_recording_keeps_its_own_ledger_unless_a_data_folder_is_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.v2.jsonl.zst"
    file.touch()
    settings = CoreSettings(data_dir=tmp_path / "data", recording=file)
    monkeypatch.delenv("TIDEGATE_DATA_DIR", raising=False)
    folder = tmp_path / "data" / "recordings" / "mine.v2"
    assert keep_apart(settings).data_dir == folder
    told = capsys.readouterr().out
    assert told.startswith(f"This recording keeps its own ledger in {folder}; ")
    assert f"TIDEGATE_DATA_DIR={folder} tidegate status" in told
    assert recording_data_dir(tmp_path, tmp_path).name == tmp_path.name
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(tmp_path))
    assert keep_apart(settings) is settings


def test_without_a_database_the_line_says_how_to_start(settings: CoreSettings) -> None:
    how = "start Tidegate with `tidegate up` (or `make run`) first"
    for command in ("topics", "migrate"):
        assert how in refused(tidegate(settings, command))
    settings.password_file.write_text("pw\n")
    assert how in refused(tidegate(settings, "topics"))


def test_live_data_and_a_recording_exclude_each_other(settings: CoreSettings) -> None:
    line = refused(tidegate(settings, "up", "--live", "--recording", "pyproject.toml"))
    assert "choose --live or a recording, not both" in line


def test_a_busy_port_is_named_before_anything_starts(settings: CoreSettings) -> None:
    with socket.create_server(("127.0.0.1", settings.api_port)):
        line = refused(tidegate(settings, "up"))
    assert f"port {settings.api_port} is in use, and trading (the dashboard" in line
    assert "TIDEGATE_PORT_BASE" in line


def test_an_unreachable_database_is_said_in_one_line(settings: CoreSettings) -> None:
    url = f"postgresql://me:hunter2@127.0.0.1:{settings.database_port}/x"
    line = refused(tidegate(settings, "migrate", TIDEGATE_DATABASE_URL=url))
    assert "the database does not answer" in line
    assert "hunter2" not in line


def test_a_process_that_does_not_exist_is_refused(settings: CoreSettings) -> None:
    assert "no process is called dashbord" in refused(tidegate(settings, "up", "--only", "dashbord"))


def test_settings_lists_every_variable_and_no_secret(settings: CoreSettings) -> None:
    finished = tidegate(settings, "settings", TIDEGATE_ACCESS_TOKEN="hunter2")
    for name in CoreSettings.model_fields:
        assert f"TIDEGATE_{name.upper()}" in finished.stdout
    assert "hunter2" not in finished.stdout


def test_doctor_says_what_is_missing_and_how_to_get_it(settings: CoreSettings) -> None:
    empty_path = {"PATH": str(settings.data_dir)}
    finished = tidegate(settings, "doctor", **empty_path)
    assert re.search(r"node +(missing|note) +not here: install Node\.js 20 or newer", finished.stdout)
    assert re.search(r"chromium +note .*apt install chromium", finished.stdout)
    with socket.create_server(("127.0.0.1", settings.simulator_port)):
        finished = tidegate(settings, "doctor")
    assert finished.returncode == 1
    assert f"in use: {settings.simulator_port} (simulator)" in finished.stdout


def test_doctor_knows_the_packages_of_the_project() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    for packages in PACKAGES.values():
        for name in packages.values():
            assert f'"{name}' in text, name


def test_commands_of_a_room_get_all_arguments(settings: CoreSettings) -> None:
    finished = tidegate(settings, "replay", "--help")
    assert finished.returncode == 0
    assert "--out" in finished.stdout


def test_the_status_file_is_for_machines_too(
    settings: CoreSettings, running: "subprocess.Popen[bytes]"
) -> None:
    document = json.loads((settings.data_dir / "run" / "status.json").read_text())
    assert document["supervisor_pid"] == running.pid
    assert psutil.pid_exists(document["processes"][0]["pid"])
