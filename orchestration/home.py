"""Dagster's home under the data folder: its configuration, workspace and tables.

The configuration is `deploy/dagster/dagster.yaml`, copied at each start, so that a new version of
Tidegate brings its own. The database's address goes through the environment: it holds a password.
"""

import os
import shutil
import threading
from pathlib import Path

import dagster as dg

from runtime.errors import Unavailable
from runtime.ports import is_port_served
from runtime.postgres import wait_for_database
from runtime.settings import CoreSettings

TEMPLATE = Path(__file__).resolve().parents[1] / "deploy" / "dagster" / "dagster.yaml"
SCHEMA = "dagster"
LOCATION = "orchestration"
CODE_SERVER_TIMEOUT_S = 60


def prepare_home(settings: CoreSettings) -> Path:
    """Write Dagster's home, make its schema, and set the environment that its programs read.

    Raises:
        runtime.errors.Unavailable: the database does not answer.
    """
    home = settings.data_dir.absolute() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TEMPLATE, home / "dagster.yaml")
    (home / "workspace.yaml").write_text(
        "load_from:\n"
        "  - grpc_server:\n"
        "      host: 127.0.0.1\n"
        f"      port: {settings.dagster_code_port}\n"
        f"      location_name: {LOCATION}\n",
        encoding="utf-8",
    )
    with wait_for_database(settings) as connection:
        connection.execute(f"create schema if not exists {SCHEMA}")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_POSTGRES_URL"] = storage_url(settings)
    return home


def wait_for_code_server(settings: CoreSettings) -> None:
    """Wait until the code server listens: without it web and daemon start with a page of tracebacks.

    Raises:
        runtime.errors.Unavailable: it did not within `CODE_SERVER_TIMEOUT_S`.
    """
    pause = threading.Event()
    for _ in range(CODE_SERVER_TIMEOUT_S * 5):
        if is_port_served(settings.dagster_code_port):
            return
        pause.wait(0.2)
    raise Unavailable(
        f"no code server on port {settings.dagster_code_port}; start `python -m orchestration code`"
    )


def storage_url(settings: CoreSettings) -> str:
    """Return the database's address for Dagster: the driver named, its own schema first.

    SQLAlchemy would take a bare `postgresql://` for psycopg 3, which Dagster's storage can't use.
    """
    url = settings.sqlalchemy_url
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{SCHEMA}"


def fail_lost_runs() -> int:
    """Mark runs that were under way as failed, and return their number.

    Runs are children of the code server: at its start none can be alive.
    """
    started = [
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
    with dg.DagsterInstance.get() as instance:
        lost = instance.get_runs(dg.RunsFilter(statuses=started))
        for run in lost:
            instance.report_run_failed(run, "The code server stopped while this run was under way.")
    return len(lost)
