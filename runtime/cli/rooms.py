"""`tidegate replay`, `record` and `backtest`: commands that belong to a room and are run there."""

import os
import subprocess
import sys

import typer

from runtime.supervisor.environment import ROOT

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""All arguments go to the room, `--help` as well: it knows them best."""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(context_settings=PASS_ON)(replay)
    app.command(context_settings=PASS_ON)(record)
    app.command(context_settings=PASS_ON)(backtest)


def replay(context: typer.Context) -> None:
    """Decode and validate recorded frames without any server: FILE… --out events.jsonl."""
    _run("streaming.replay", context.args)


def record(context: typer.Context) -> None:
    """Record the raw frames of venues into files that `replay` and the simulator read."""
    _run("streaming.record", context.args)


def backtest(context: typer.Context) -> None:
    """Run a strategy over past bars and print how it would have done."""
    _run("trading.backtesting", context.args)


def _run(module: str, arguments: list[str]) -> None:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", module, *arguments]
    finished = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False)  # noqa: S603
    raise typer.Exit(finished.returncode)
