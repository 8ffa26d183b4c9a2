"""Results for people: the tables that freqtrade's users know, rounded, one strategy after the other."""

import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from trading.backtesting.analysis.freqtrade_figures import FreqtradeFigures, freqtrade_figures
from trading.backtesting.analysis.tables import GroupRow, Key, grouped
from trading.backtesting.analysis.trade_table import trade_table
from trading.backtesting.commands.job import Outcome
from trading.backtesting.data.time_range import moment_text
from trading.backtesting.result import BacktestResult

PLAIN_WIDTH = 130
_GROUPS: Sequence[tuple[Key, str, str]] = (
    ("pair", "Pair", "Result by pair"),
    ("enter_tag", "Entry tag", "By entry tag"),
    ("exit_reason", "Exit reason", "By exit reason"),
)


def print_outcome(outcome: Outcome) -> None:
    """Print one strategy's tables to stdout."""
    result = outcome.result
    if result is None:
        return
    console = _console()
    trades = trade_table(result.trades)
    figures = _figures(result, trades)
    total = _total(figures, trades)
    console.print(f"\n[bold]{result.strategy}[/bold]", highlight=False)
    for key, heading, title in _GROUPS:
        rows = grouped(trades, key, result.starting_balance)
        console.print(_group_table(title, heading, _with_idle(rows, key, result), total, result))
    console.print(_summary_table(result, figures, outcome.seconds))


def print_comparison(outcomes: Sequence[Outcome]) -> None:
    """Print one row a strategy, the best first."""
    table = _table("Strategies compared")
    for heading in ("Strategy", "Trades", "Win %", "Avg profit %", "Total profit", "Total %", "Drawdown %"):
        table.add_column(heading, justify="left" if heading == "Strategy" else "right")
    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    for result in sorted(results, key=lambda each: each.starting_balance - each.final_balance):
        figures = _figures(result, trade_table(result.trades))
        table.add_row(
            result.strategy,
            str(figures.trades),
            _percent(figures.winrate, 1),
            _percent(figures.profit_mean),
            f"{figures.profit_total_abs:,.3f} {result.terms.stake_currency}",
            _percent(figures.profit_total),
            _percent(figures.max_drawdown_account),
        )
    _console().print(table)


def _group_table(
    title: str, heading: str, rows: Iterable[GroupRow], total: Sequence[str], result: BacktestResult
) -> Table:
    table = _table(title)
    currency = result.terms.stake_currency
    columns = (
        "Trades",
        "Avg profit %",
        f"Total profit {currency}",
        "Total %",
        "Avg held",
        "Win",
        "Draw",
        "Loss",
        "Win %",
    )
    table.add_column(heading, footer="TOTAL", min_width=16)
    for name, footer in zip(columns, total, strict=True):
        table.add_column(name, justify="right", footer=footer)
    for row in rows:
        draws = row.trades - row.wins - row.losses
        table.add_row(
            row.key or "(none)",
            str(row.trades),
            _percent(row.profit_mean),
            f"{row.profit_abs:,.3f}",
            _percent(row.profit_total),
            _held(row.holding_mean_s),
            str(row.wins),
            str(draws),
            str(row.losses),
            _percent(row.wins / row.trades, 1) if row.trades else "",
        )
    return table


def _total(figures: FreqtradeFigures, trades: pd.DataFrame) -> list[str]:
    held = (trades["close_date"] - trades["open_date"]).dt.total_seconds()
    return [
        str(figures.trades),
        _percent(figures.profit_mean),
        f"{figures.profit_total_abs:,.3f}",
        _percent(figures.profit_total),
        _held(float(held.mean())) if figures.trades else "",
        str(figures.wins),
        str(figures.draws),
        str(figures.losses),
        _percent(figures.winrate, 1),
    ]


def _with_idle(rows: list[GroupRow], key: Key, result: BacktestResult) -> list[GroupRow]:
    """Add the pairs that were never traded."""
    if key != "pair":
        return rows
    traded = {row.key for row in rows}
    nothing = {"trades": 0, "wins": 0, "losses": 0, "profit_factor": None, "drawdown_abs": 0.0}
    money = dict.fromkeys(("profit_abs", "profit_total", "profit_mean", "holding_mean_s"), 0.0)
    idle = [GroupRow(key=pair, **nothing, **money) for pair in result.pairs if pair not in traded]  # type: ignore[arg-type]
    return rows + idle


def _summary_table(result: BacktestResult, figures: FreqtradeFigures, seconds: float) -> Table:
    table = _table("Summary", show_header=False, show_footer=False)
    table.add_column("Figure", min_width=26)
    table.add_column("Value", justify="right", min_width=30)
    currency = result.terms.stake_currency
    days = max((result.stop - result.start).days, 1)
    start, stop = (moment_text(moment.timestamp()) for moment in (result.start, result.stop))
    refused = result.counts
    values: list[tuple[str, str] | None] = [
        ("First and last candle", f"{start} to {stop}"),
        ("Trades, per day", f"{figures.trades}, {figures.trades / days:.2f}"),
        ("Starting balance", f"{result.starting_balance:,.3f} {currency}"),
        ("Final balance", f"{result.final_balance:,.3f} {currency}"),
        ("Profit", f"{figures.profit_total_abs:,.3f} {currency} ({_percent(figures.profit_total)} %)"),
        ("CAGR", f"{_percent(figures.cagr)} %"),
        None,
        ("Sharpe, Sortino, Calmar", f"{figures.sharpe:.2f}, {figures.sortino:.2f}, {figures.calmar:.2f}"),
        ("SQN, profit factor", f"{figures.sqn:.2f}, {figures.profit_factor:.2f}"),
        ("Expectancy (ratio)", f"{figures.expectancy:.2f} ({figures.expectancy_ratio:.2f})"),
        (
            "Drawdown",
            f"{figures.max_drawdown_abs:,.3f} {currency} ({_percent(figures.max_drawdown_account)} %)",
        ),
        ("Drawdown lasted", _held(figures.drawdown_duration_s)),
        None,
        ("Entries without a slot or stake", str(refused.rejected_signals)),
        ("Entry, exit timeouts", f"{refused.timed_out_entries}, {refused.timed_out_exits}"),
        ("Candles, data", f"{result.candles:,}, {result.data_hash[:12]}"),
        ("Loop, time", f"{result.engine}, {seconds:.1f} s"),
    ]
    for row in values:
        table.add_section() if row is None else table.add_row(*row)
    return table


def _figures(result: BacktestResult, trades: pd.DataFrame) -> FreqtradeFigures:
    return freqtrade_figures(
        trades,
        starting_balance=result.starting_balance,
        start=result.start,
        end=result.stop,
        final_balance=result.final_balance,
    )


def _table(title: str, *, show_header: bool = True, show_footer: bool = True) -> Table:
    return Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE,
        show_header=show_header,
        show_footer=show_footer,
        header_style="bold",
    )


def _console() -> Console:
    """Return a console; a pipe or a file is as wide as the tables need."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def _percent(ratio: float, digits: int = 2) -> str:
    return f"{ratio * 100:.{digits}f}"


def _held(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds / 60) * 60)).removesuffix(":00")
