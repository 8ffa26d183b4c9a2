"""Dagster's processes, started as the supervisor starts them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from orchestration.home import SCHEMA, storage_url
from runtime.ports import is_port_served
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.support.servers import START_S, until

ROOT = Path(__file__).parents[2]


def environment_of(settings: CoreSettings) -> dict[str, str]:
    return os.environ | {
        "TIDEGATE_DATABASE_URL": settings.database_dsn,
        "TIDEGATE_DATA_DIR": str(settings.data_dir),
        "TIDEGATE_PORT_BASE": str(settings.port_base),
        "PYTHONPATH": str(ROOT),
    }


def start(role: str, settings: CoreSettings) -> subprocess.Popen[bytes]:
    """Start a role as a shell's `&` does: with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        command = [sys.executable, "-m", "orchestration", role]
        return subprocess.Popen(command, env=environment_of(settings), cwd=ROOT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_code_server_keeps_its_tables_apart_and_ends_when_told(postgres_settings: CoreSettings) -> None:
    settings = postgres_settings
    process = start("code", settings)
    try:
        until(
            lambda: is_port_served(settings.dagster_code_port),
            timeout_s=START_S,
            what="the code server listens",
            process=process,
        )
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)  # a second on a quiet machine
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []
    finally:
        process.kill()
        process.wait()
    with connect(settings) as connection:
        found = connection.execute(
            "select table_schema from information_schema.tables where table_name = 'runs'"
        ).fetchall()
    assert found == [(SCHEMA,)]
    assert settings.database_dsn not in "".join(
        path.read_text() for path in (settings.data_dir / "dagster").glob("*.yaml")
    )


def test_an_unknown_role_is_one_line(postgres_settings: CoreSettings) -> None:
    command = [sys.executable, "-m", "orchestration", "everything"]
    result = subprocess.run(
        command, env=environment_of(postgres_settings), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == "usage: python -m orchestration code|web|daemon\n"


def test_the_storage_url_names_its_driver_and_schema(postgres_settings: CoreSettings) -> None:
    url = storage_url(postgres_settings)
    assert url.startswith("postgresql+psycopg2://")
    assert url.endswith("?options=-csearch_path%3Ddagster")
