"""All commands as typer knows them: for help, and for those that run here."""

import sys
from typing import Any

import typer

from market.errors import MarketError
from runtime.cli import database, doctor, system
from runtime.cli.rooms import ROOM_COMMANDS, RoomCommand, hand_over
from runtime.errors import RuntimeFailure

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""All arguments go to the room, `--help` as well: it knows them best."""


class _CommandLine(typer.Typer):
    """Says failures of our own trees in one line, without a traceback, and exits with code 2."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except (RuntimeFailure, MarketError) as error:
            typer.echo(f"error: {error}", err=True)
            sys.exit(2)


def _add_room_command(name: str, command: RoomCommand) -> None:
    def run(context: typer.Context) -> None:
        hand_over(command.module, context.args)

    command_line.command(name, help=command.purpose, context_settings=PASS_ON)(run)


command_line = _CommandLine(
    name="tidegate",
    help="Tidegate: verified market data, forecasts, backtests and paper trading on your own machine.\n\n"
    "Start with `tidegate up`, which runs everything against a simulated exchange and shows the "
    "dashboard's address. `tidegate doctor` tells what your machine lacks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (system, doctor, database):
    group.register(command_line)
for room_command_name, room_command in ROOM_COMMANDS.items():
    _add_room_command(room_command_name, room_command)
