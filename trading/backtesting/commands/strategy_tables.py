"""The list of strategies, for people."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from trading.backtesting.commands.strategy_listing import ListedStrategy, needs_text

PLAIN_WIDTH = 130


def print_strategies(found: Sequence[ListedStrategy]) -> None:
    """Print what can be run and what it needs, then what can't and why."""
    good = [(strategy, strategy.needs) for strategy in found if strategy.needs is not None]
    bad = [strategy for strategy in found if strategy.needs is None]
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
    if good:
        table = Table(box=box.SIMPLE, header_style="bold")
        for heading in ("Strategy", "File", "Timeframe", "Warm-up", "Needs"):
            table.add_column(heading, justify="right" if heading == "Warm-up" else "left")
        for strategy, needs in good:
            file = Path(strategy.file).name
            table.add_row(
                strategy.name, file, needs.timeframe or "", str(needs.startup_candles), needs_text(needs)
            )
        console.print(table)
    for strategy in bad:
        console.print(f"not usable: {strategy.problem}", markup=False, soft_wrap=True)
    console.print(f"{len(good)} of {len(found)} strategies can be run", markup=False)
