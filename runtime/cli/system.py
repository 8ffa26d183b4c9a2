"""`tidegate up`, `status`, `settings` and `version`: the running system as a whole."""

import os
import shlex
import signal
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from market.instruments import split_symbol
from runtime import VERSION
from runtime.errors import SettingsError
from runtime.logs import configure_logs
from runtime.settings import PREFIX, CoreSettings, load
from runtime.shutdown import stop_event
from runtime.supervisor import status as system_status
from runtime.supervisor.environment import (
    CURRENCY,
    ROOT,
    describe_recording,
    process_environment,
    recording_data_dir,
)
from runtime.supervisor.processes import own_simulator_url, processes
from runtime.supervisor.screen import open_screen, screen
from runtime.supervisor.supervisor import Supervisor

Names = Annotated[list[str] | None, typer.Option(help="May be given several times.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(up)
    app.command()(status)
    app.command("settings")(list_settings)
    app.command()(version)


def up(
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Real public market data of the venues; orders stay on paper.")
    ] = False,
    recording: Annotated[
        Path | None,
        typer.Option(
            help="Replay this recorded file or folder, moved in time so that it starts now. Its ledger and "
            "bars are kept apart, in recordings/NAME of the data folder, unless TIDEGATE_DATA_DIR is set."
        ),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Run only this process; may be given several times.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Leave this process away, such as dagster-web; may be given several times."),
    ] = None,
    event_log: Annotated[
        str | None, typer.Option(help="postgres (the default: nothing to install) or kafka.")
    ] = None,
    kafka_bootstrap: Annotated[
        str | None, typer.Option(help="Address of the Kafka brokers, host:port.")
    ] = None,
) -> None:
    """Start everything and show it on one screen; Ctrl-C stops everything.

    Without options the venues are simulated on this machine: nothing reaches the internet.
    """
    options = {"RECORDING": recording, "EVENT_LOG": event_log, "KAFKA_BOOTSTRAP": kafka_bootstrap}
    os.environ.update({PREFIX + name: str(value) for name, value in options.items() if value is not None})
    settings = decide_venues(load(CoreSettings), live=live)
    if settings.recording is not None:
        os.environ.setdefault(CURRENCY, split_symbol(settings.symbols[0])[1])
    specs = processes(settings, only=only or (), without=without or ())
    settings = keep_apart(settings)
    stop = stop_event()
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, lambda *_: stop.set())
    with open_screen() as show:
        configure_logs("supervisor", settings.log_level)
        environment = process_environment(settings)
        Supervisor(settings, specs, environment=environment, cwd=ROOT, report=show).run(stop)


def decide_venues(settings: CoreSettings, *, live: bool) -> CoreSettings:
    """Return the settings with where the market data comes from: real venues, simulator, recording.

    Raises:
        SettingsError: the options contradict each other, or the recording can't be read.
    """
    if live:
        if settings.recording is not None:
            raise SettingsError("choose --live or a recording, not both (is TIDEGATE_RECORDING set?)")
        return settings.model_copy(update={"simulator_url": None})
    if settings.simulator_url is None:
        settings = settings.model_copy(update={"simulator_url": own_simulator_url(settings)})
    if settings.recording is None:
        return settings
    found = describe_recording(settings.recording, settings)
    for line in found.left_out:
        typer.echo(f"tidegate: the recording's {line}", err=True)
    return settings.model_copy(update={"venues": found.venues, "symbols": found.symbols})


def keep_apart(settings: CoreSettings) -> CoreSettings:
    """Return the settings with a recording's own data folder, and say where it is.

    Prices of a recording would break the account and the bars of the ordinary run. Whoever sets
    TIDEGATE_DATA_DIR has chosen the folder.
    """
    if settings.recording is None or os.environ.get(f"{PREFIX}DATA_DIR"):
        return settings
    folder = recording_data_dir(settings.recording, settings.data_dir)
    if settings.uses_embedded_database:
        name = shlex.quote(str(folder))
        typer.echo(
            f"This recording keeps its own ledger in {folder}; see TIDEGATE_DATA_DIR={name} tidegate status"
        )
    else:
        typer.echo(
            "TIDEGATE_DATABASE_URL is set: this recording shares that database's ledger and bars", err=True
        )
    return settings.model_copy(update={"data_dir": folder})


def status() -> None:
    """Show the processes of the Tidegate that runs on this data folder."""
    settings = load(CoreSettings)
    current = system_status.read(settings.data_dir / "run")
    if current is None:
        typer.echo(f"Tidegate does not run on {settings.data_dir}; start it with `tidegate up`")
        raise typer.Exit(1)
    Console().print(screen(current))
    if not current.is_ready:
        raise typer.Exit(1)


def list_settings() -> None:
    """List the settings that every process knows, with their present values."""
    settings = load(CoreSettings)
    lines = Table(box=None, pad_edge=False)
    for title in ("variable", "value", "meaning"):
        lines.add_column(title, overflow="fold")
    for name, field in CoreSettings.model_fields.items():
        value = getattr(settings, name)
        text = ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        lines.add_row(f"{PREFIX}{name.upper()}", text, field.description or "")
    Console().print(lines)


def version() -> None:
    """Print the version."""
    with suppress(BrokenPipeError):
        typer.echo(f"tidegate {VERSION}")
