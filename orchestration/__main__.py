"""Dagster's three processes: `python -m orchestration code|web|daemon`."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from orchestration.home import LOCATION, fail_lost_runs, prepare_home, wait_for_code_server
from orchestration.lifetime import mark_code_server
from orchestration.platform import load_platform
from runtime.errors import RuntimeFailure, exit_code_of
from runtime.settings import CoreSettings

ROOT = Path(__file__).resolve().parents[1]
NICENESS = {"code": 10, "web": 5, "daemon": 5}
"""Training runs are children of the code server and inherit its place behind the market's processes."""


def main(arguments: list[str]) -> NoReturn:
    """Prepare Dagster's home, then become the Dagster program; signals reach it directly."""
    if len(arguments) != 1 or arguments[0] not in NICENESS:
        sys.exit("usage: python -m orchestration code|web|daemon")
    role = arguments[0]
    try:
        core = load_platform().core
        home = prepare_home(core)
        if role == "code":
            fail_lost_runs()
            mark_code_server()
        else:
            wait_for_code_server(core)
    except RuntimeFailure as error:
        sys.stderr.write(f"dagster-{role}: {error}\n")
        sys.exit(exit_code_of(error))
    # Spinning OpenMP threads beside other busy processes made torch twenty times slower.
    os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE", DAGSTER_DISABLE_TELEMETRY="1")
    # By default the code server would wait a minute or more for calls under way when it is told to end.
    os.environ["DAGSTER_GRPC_SHUTDOWN_GRACE_PERIOD"] = "2"
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    os.nice(NICENESS[role])
    # A shell ignores SIGINT in what it starts with `&`, and Dagster would then ignore SIGTERM as well.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-m", *_command(role, core, home)])  # noqa: S606 - our own interpreter


def _command(role: str, core: CoreSettings, home: Path) -> list[str]:
    log_level = ["--log-level", "warning"]
    workspace = ["--workspace", str(home / "workspace.yaml")]
    if role == "code":
        server = ["dagster", "api", "grpc", "--host", "127.0.0.1", "--port", str(core.dagster_code_port)]
        code = ["--module-name", "orchestration.definitions", "--working-directory", str(ROOT)]
        return [*server, *code, "--location-name", LOCATION, *log_level, "--max-workers", "8"]
    if role == "web":
        address = ["--host", core.bind_host, "--port", str(core.dagster_web_port)]
        return ["dagster_webserver", *address, *workspace, *log_level]
    return ["dagster._daemon", "run", *workspace, *log_level]


if __name__ == "__main__":
    main(sys.argv[1:])
