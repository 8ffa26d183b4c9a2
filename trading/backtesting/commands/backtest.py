"""`tidegate backtest`: run strategies over past candles, print tables, export every trade."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trading.backtesting.commands.arguments import (
    check_writable,
    chosen_source,
    chosen_strategies,
    strategy_parser,
)
from trading.backtesting.commands.messages import (
    BAD_INPUT,
    complain,
    remark,
    run_command,
)
from trading.backtesting.commands.option_parser import positive_number

if TYPE_CHECKING:
    from trading.backtesting.commands.job import Job, Outcome

NAME = "backtest"
_EXAMPLES = """examples:
  tidegate backtest --strategy ema_cross --datadir user_data/data/binance --timerange 20240101-20240201
  tidegate backtest --strategy-file MyStrategy.py -c config.json --export trades.json
  tidegate backtest --strategy-list ema_cross rsi_reversion --bars candles.parquet --pairs BTC/USDT
  tidegate backtest --strategy forecast_follower --from-database

Candles are looked for in the configuration's datadir, then in user_data/data/EXCHANGE, then where
`tidegate download` puts them. Trades equal freqtrade's, digit for digit."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run backtests; return 0, or 2 with one line that says what is wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.strategy_file is not None and options.strategy_list:
        parser.error("--strategy-list names strategies; give it without --strategy-file")
    if options.report is not None and options.strategy_list:
        parser.error("--report is about one strategy; give it without --strategy-list")
    return run_command(NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from trading.backtesting.commands.settings import run_config  # noqa: PLC0415

    config, remarks = run_config(options)
    strategies = chosen_strategies(options, config)
    source, pairs = chosen_source(options, config)
    check_writable(options.export, "--export")
    check_writable(options.report, "--report")
    remark(remarks)
    from trading.backtesting.commands.job import Job  # noqa: PLC0415

    jobs = [
        Job(
            strategy=strategy,
            config=config,
            source=source,
            pairs=pairs,
            engine=options.engine,
            markets_file=options.markets,
        )
        for strategy in strategies
    ]
    outcomes = _one(jobs[0], options.jobs or 1) if len(jobs) == 1 else _several(jobs, options.jobs)
    code = _report(outcomes, options.export)
    if options.report is not None and outcomes[0].result is not None:
        from trading.backtesting.commands.report_file import write_job_report  # noqa: PLC0415

        write_job_report(options.report, jobs[0], outcomes[0].result)
        sys.stdout.write(f"the report is {options.report}: open it in a browser\n")
    return code


def _one(job: "Job", processes: int) -> "list[Outcome]":
    from trading.backtesting.commands.job import run_job  # noqa: PLC0415
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415

    with ProgressBar() as progress:
        return [run_job(job, progress, processes=processes)]


def _several(jobs: "Sequence[Job]", processes: int | None) -> "list[Outcome]":
    """Run the jobs side by side; the outcomes are in the order of the jobs' strategies."""
    from trading.backtesting.commands.job import run_jobs  # noqa: PLC0415
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415

    outcomes = []
    with ProgressBar() as progress:
        for done, outcome in enumerate(run_jobs(jobs, processes), start=1):
            progress("Strategies", done, len(jobs))
            outcomes.append(outcome)
    return sorted(outcomes, key=lambda outcome: outcome.name)


def _report(outcomes: "Sequence[Outcome]", export: Path | None) -> int:
    from trading.backtesting.commands.result_tables import print_comparison, print_outcome  # noqa: PLC0415

    for outcome in outcomes:
        print_outcome(outcome)
    if len(outcomes) > 1:
        print_comparison(outcomes)
    if export is not None:
        from trading.backtesting.commands.export import write_export  # noqa: PLC0415

        write_export(export, outcomes)
        sys.stdout.write(f"every trade is in {export}\n")
    for outcome in outcomes:
        remark(outcome.remarks)
        if outcome.problem is not None:
            complain(NAME, f"{outcome.name}: {outcome.problem}")
    return BAD_INPUT if any(outcome.result is None for outcome in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = strategy_parser(
        NAME, "Run freqtrade strategies, unmodified, over past candles.", _EXAMPLES, several=True
    )
    parser.add_argument(
        "--markets", type=Path, metavar="FILE", help="markets as ccxt describes them (DIR/markets.json)"
    )
    output = parser.add_argument_group("result")
    output.add_argument("--export", type=Path, metavar="FILE", help="write every trade and a summary as JSON")
    output.add_argument(
        "--report", type=Path, metavar="FILE", help="write curves, trades on the candles and tables as HTML"
    )
    output.add_argument(
        "--jobs",
        type=positive_number,
        metavar="N",
        help="processes: for several strategies (all cores), or for the pairs of one that parts them (1)",
    )
    output.add_argument(
        "--engine",
        choices=("auto", "general", "fast"),
        default="auto",
        help="which loop; all give the same trades",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
