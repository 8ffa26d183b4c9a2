"""`python -m runtime.database`: starts, serves, stops, and recovers from every kind of death."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from market.topics import BARS
from runtime.errors import EXIT_FAILED
from runtime.event_log import NewRecord, open_event_log
from runtime.ports import is_port_free
from runtime.settings import CoreSettings
from runtime.supervisor.probes import Http, ask
from tests.support.ports import lend_ports
from tests.support.servers import START_S, temporary_folder, until

ROOT = Path(__file__).parents[3]
Start = Callable[[], "subprocess.Popen[bytes]"]
STOP_S = 30
"""So long an end may take on a busy machine; it takes half a second on a quiet one."""


@pytest.fixture
def settings() -> Iterator[CoreSettings]:
    with temporary_folder() as folder, lend_ports() as port_base:
        yield CoreSettings(data_dir=folder, port_base=port_base)


def launch(settings: CoreSettings, **more: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "TIDEGATE_DATA_DIR": str(settings.data_dir),
        "TIDEGATE_PORT_BASE": str(settings.port_base),
        **more,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "runtime.database"],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )


@pytest.fixture
def start(settings: CoreSettings) -> Iterator[Start]:
    """Start the process and wait until it is ready; everything is gone after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def _start() -> "subprocess.Popen[bytes]":
        process = launch(settings)
        started.append(process)
        wait_ready(settings, process)
        return process

    yield _start
    for process in started:
        process.terminate()
        process.wait(timeout=STOP_S)
    until(lambda: is_port_free(settings.database_port), what="the port is free")


def wait_ready(settings: CoreSettings, process: "subprocess.Popen[bytes]") -> None:
    until(
        lambda: ask(Http(settings.database_health_port), 0) == "",
        timeout_s=START_S,
        what="ready",
        process=process,
    )


def postmaster(settings: CoreSettings) -> psutil.Process:
    pid = int((settings.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    return psutil.Process(pid)


def append(settings: CoreSettings, payload: bytes) -> int:
    log = open_event_log(settings)
    try:
        return log.append([NewRecord(BARS, 0, payload)])[0]
    finally:
        log.close()


def test_it_serves_a_migrated_database_with_topics_and_stops_cleanly(
    settings: CoreSettings, start: Start
) -> None:
    process = start()
    assert append(settings, b"x") == 0
    assert settings.password_file.stat().st_mode & 0o077 == 0
    server = postmaster(settings)
    process.terminate()
    assert process.wait(timeout=STOP_S) == 0
    assert not server.is_running()
    assert is_port_free(settings.database_port)
    assert is_port_free(settings.database_health_port)
    start()
    assert append(settings, b"y") == 1


def test_after_a_killed_process_the_next_start_takes_over_the_orphaned_server(
    settings: CoreSettings, start: Start
) -> None:
    process = start()
    append(settings, b"x")
    orphan = postmaster(settings)
    process.kill()
    process.wait()
    assert orphan.is_running()
    start()
    assert not orphan.is_running()
    assert append(settings, b"y") == 1


def test_it_ends_when_its_server_is_killed_and_the_next_start_recovers(
    settings: CoreSettings, start: Start
) -> None:
    process = start()
    append(settings, b"x")
    os.kill(postmaster(settings).pid, signal.SIGKILL)
    assert process.wait(timeout=STOP_S) == 1
    start()
    assert append(settings, b"y") == 1


def test_a_half_made_cluster_and_a_stale_lock_file_do_not_hinder_a_start(
    settings: CoreSettings, start: Start
) -> None:
    (settings.data_dir / "postgres.new").mkdir()
    (settings.data_dir / "postgres.new" / "PG_VERSION").write_text("18")
    process = start()
    process.terminate()
    process.wait(timeout=STOP_S)
    (settings.data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\nnonsense\n")
    start()
    assert append(settings, b"x") == 0


def test_a_lock_file_whose_number_another_server_got_is_no_reason_to_end_that_one_or_not_to_start(
    settings: CoreSettings, start: Start
) -> None:
    """After the machine was started anew, the number may be that of anybody's PostgreSQL."""
    process = start()
    append(settings, b"x")
    user = postmaster(settings).username()
    process.kill()
    process.wait()
    os.kill(postmaster(settings).pid, signal.SIGKILL)
    lock_file = settings.data_dir / "postgres" / "postmaster.pid"
    other = settings.data_dir / "postgres-of-somebody"
    shutil.copy(shutil.which("sleep") or "sleep", other)
    as_user: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen([str(other), "600"], **as_user) as server:
        try:
            lines = lock_file.read_text().splitlines(keepends=True)
            lock_file.write_text(f"{server.pid}\n{''.join(lines[1:])}")
            start()
            assert append(settings, b"y") == 1
            assert server.poll() is None
        finally:
            server.kill()


def test_a_busy_port_is_said_in_one_line(settings: CoreSettings) -> None:
    with socket.create_server(("127.0.0.1", settings.database_port)):
        finished = subprocess.run(
            [sys.executable, "-m", "runtime.database"],
            cwd=ROOT,
            env={
                **os.environ,
                "TIDEGATE_DATA_DIR": str(settings.data_dir),
                "TIDEGATE_PORT_BASE": str(settings.port_base),
            },
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
    assert finished.returncode == EXIT_FAILED
    assert f"error: port {settings.database_port} for the embedded PostgreSQL is in use" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_with_a_database_of_ones_own_it_only_looks_after_it(postgres_settings: CoreSettings) -> None:
    process = launch(postgres_settings, TIDEGATE_DATABASE_URL=postgres_settings.database_dsn)
    try:
        wait_ready(postgres_settings, process)
        assert is_port_free(postgres_settings.database_port)
        assert append(postgres_settings, b"x") == 0
    finally:
        process.terminate()
        assert process.wait(timeout=STOP_S) == 0
