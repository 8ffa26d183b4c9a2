"""`tidegate doctor`: what this machine lacks, and what to install, in one line each."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import psutil
import typer
from rich.console import Console
from rich.table import Table

from runtime.cli.packages import PACKAGES
from runtime.errors import RuntimeFailure
from runtime.ports import is_port_free
from runtime.settings import CoreSettings, load
from runtime.supervisor import lock
from runtime.supervisor.environment import ROOT
from runtime.supervisor.processes import own_simulator_url, processes

DISK_GB_MIN = 2.0
MEMORY_GB_MIN = 4.0
NODE_MIN = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


class Verdict(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    MISSING = "missing"


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    detail: str


COLOURS = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.MISSING: "red"}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(doctor)


def doctor() -> None:
    """Look at this machine and say what is missing and how to get it."""
    found = list(examine())
    lines = Table(box=None, pad_edge=False, show_header=False)
    for finding in found:
        lines.add_row(finding.what, f"[{COLOURS[finding.verdict]}]{finding.verdict}[/]", finding.detail)
    Console().print(lines)
    missing = sum(finding.verdict is Verdict.MISSING for finding in found)
    typer.echo(f"{missing} missing" if missing else "everything that `tidegate up` needs is here")
    raise typer.Exit(1 if missing else 0)


def examine() -> Iterator[Finding]:
    """Look at everything; settings come first because ports and folders follow from them."""
    yield _python()
    yield from _packages()
    try:
        settings = load(CoreSettings)
    except RuntimeFailure as error:
        yield Finding("settings", Verdict.MISSING, str(error))
        return
    yield Finding("settings", Verdict.OK, f"data folder {settings.data_dir}")
    looks: tuple[Callable[[CoreSettings], Finding], ...] = (
        _ports,
        _disk,
        _memory,
        _user,
        _node,
        _browser,
        _pages,
    )
    for look in looks:
        yield look(settings)


def _python() -> Finding:
    version = platform.python_version()
    if (3, 11) <= sys.version_info[:2] < (3, 13):
        return Finding("python", Verdict.OK, version)
    return Finding("python", Verdict.MISSING, f"{version} is here: install Python 3.11 or 3.12")


def _packages() -> Iterator[Finding]:
    for room, packages in PACKAGES.items():
        missing = [
            package for module, package in packages.items() if importlib.util.find_spec(module) is None
        ]
        if missing:
            detail = f"{', '.join(missing)}: pip install -e '.[{room}]'"
            yield Finding(f"packages, {room}", Verdict.MISSING, detail)
        else:
            yield Finding(f"packages, {room}", Verdict.OK, f"{len(packages)} are here")


def _ports(settings: CoreSettings) -> Finding:
    if (pid := lock.holder(settings.data_dir / "run")) is not None:
        return Finding("ports", Verdict.OK, f"held by the Tidegate that runs (process {pid})")
    simulated = settings.model_copy(update={"simulator_url": own_simulator_url(settings)})
    wanted = {port: spec.name for spec in processes(simulated) for port in spec.ports}
    busy = [f"{port} ({name})" for port, name in wanted.items() if not is_port_free(port)]
    if busy:
        detail = f"in use: {', '.join(busy)}; stop what holds them, or set TIDEGATE_PORT_BASE=9000"
        return Finding("ports", Verdict.MISSING, detail)
    return Finding("ports", Verdict.OK, f"{min(wanted)} to {max(wanted)} are free")


def _disk(settings: CoreSettings) -> Finding:
    folder = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free_gb = shutil.disk_usage(folder).free / 1e9
    if not os.access(folder, os.W_OK):
        return Finding("disk", Verdict.MISSING, f"{folder} can't be written: set TIDEGATE_DATA_DIR")
    if free_gb < DISK_GB_MIN:
        return Finding("disk", Verdict.MISSING, f"{free_gb:.1f} GB free in {folder}: make {DISK_GB_MIN} GB")
    return Finding("disk", Verdict.OK, f"{free_gb:.0f} GB free")


def _memory(_settings: CoreSettings) -> Finding:
    total_gb = psutil.virtual_memory().total / 1e9
    cores = os.cpu_count() or 1
    if total_gb < MEMORY_GB_MIN:
        detail = f"{total_gb:.1f} GB is little: try `tidegate up --without dagster-web`"
        return Finding("memory", Verdict.NOTE, detail)
    return Finding("memory", Verdict.OK, f"{total_gb:.0f} GB, {cores} cores")


def _user(settings: CoreSettings) -> Finding:
    if os.geteuid() != 0 or not settings.uses_embedded_database:
        return Finding("user", Verdict.OK, "not root" if os.geteuid() else "root, with a database of its own")
    if shutil.which("useradd") is None:
        return Finding("user", Verdict.MISSING, "PostgreSQL can't run as root here: use a normal user")
    return Finding("user", Verdict.NOTE, "root: PostgreSQL will run as the user embedded_postgres")


def _node(_settings: CoreSettings) -> Finding:
    version = _first_words(["node", "--version"])
    major = re.match(r"v(\d+)", version)
    if major and int(major[1]) >= NODE_MIN:
        return Finding("node", Verdict.OK, version)
    have = f"{version} is here" if version else "not here"
    detail = f"{have}: install Node.js {NODE_MIN} or newer to build the dashboard's pages (nodejs.org)"
    return Finding("node", Verdict.NOTE if (ROOT / "frontend" / "out").exists() else Verdict.MISSING, detail)


def _browser(_settings: CoreSettings) -> Finding:
    for name in BROWSERS:
        if path := shutil.which(name):
            return Finding("chromium", Verdict.OK, path)
    return Finding("chromium", Verdict.NOTE, "only for the browser tests: apt install chromium")


def _pages(_settings: CoreSettings) -> Finding:
    if (Path(ROOT) / "frontend" / "out" / "index.html").exists():
        return Finding("dashboard", Verdict.OK, "its pages are built")
    return Finding("dashboard", Verdict.NOTE, "its pages are not built yet: `make run` builds them")


def _first_words(command: list[str]) -> str:
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return finished.stdout.strip()
