"""The `tidegate` command line; one file per group of commands."""

import sys
from typing import Any

import typer

from market.errors import MarketError
from runtime.cli import database, doctor, rooms, system
from runtime.errors import RuntimeFailure

__all__ = ["app"]


class _CommandLine(typer.Typer):
    """Says failures of our own trees in one line, without a traceback, and exits with code 2."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except (RuntimeFailure, MarketError) as error:
            typer.echo(f"error: {error}", err=True)
            sys.exit(2)


app = _CommandLine(
    name="tidegate",
    help="Tidegate: verified market data, forecasts, backtests and paper trading on your own machine.\n\n"
    "Start with `tidegate up`, which runs everything against a simulated exchange and shows the "
    "dashboard's address. `tidegate doctor` tells what your machine lacks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (system, doctor, database, rooms):
    group.register(app)
