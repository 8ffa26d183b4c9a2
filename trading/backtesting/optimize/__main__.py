"""`tidegate optimize`: find values for a strategy's parameters, and say what luck explains."""

import argparse
import os
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
from trading.backtesting.commands.messages import remark, run_command
from trading.backtesting.commands.option_parser import positive_number, whole_number

if TYPE_CHECKING:
    from trading.backtesting.optimize.walk_forward import Optimized, Plan

NAME = "optimize"
_EXAMPLES = """examples:
  tidegate optimize --strategy-file MyStrategy.py --datadir user_data/data/binance --epochs 200
  tidegate optimize --strategy-file MyStrategy.py --spaces buy roi stoploss --loss sortino --write

Each window is optimised on its train stretch and judged on the next one, unseen. The same command goes
on where it was stopped. Studies are kept in Tidegate's PostgreSQL (TIDEGATE_DATABASE_URL, else the
embedded one). --write puts the values of the newest stretch beside the strategy, as freqtrade does."""

_STOPPED = "stopped; the study keeps its trials, and the same command goes on with them"


def main(arguments: Sequence[str] | None = None) -> int:
    """Optimise; return 0, or 2 with one line that says what is wrong."""
    options = _parser().parse_args(arguments)
    return run_command(NAME, lambda: _run(options), stopped=_STOPPED)


def _run(options: argparse.Namespace) -> int:
    from trading.backtesting.commands.settings import run_config  # noqa: PLC0415

    config, remarks = run_config(options)
    source, pairs = chosen_source(options, config)
    strategy = chosen_strategies(options, config)[0]
    check_writable(options.export, "--export")
    remark(remarks)
    from trading.backtesting.commands.job import Job  # noqa: PLC0415
    from trading.backtesting.optimize.losses import loss_named  # noqa: PLC0415
    from trading.backtesting.optimize.study import Rules  # noqa: PLC0415
    from trading.backtesting.optimize.walk_forward import Plan  # noqa: PLC0415

    loss_named(options.loss)
    plan = Plan(
        job=Job(strategy=strategy, config=config, source=source, pairs=pairs),
        spaces=tuple(options.spaces),
        rules=Rules(loss=options.loss, trades_min=options.trades_min, seed=options.seed),
        epochs=options.epochs,
        windows=options.windows,
        train_ratio=options.train_ratio,
        processes=options.jobs or os.cpu_count() or 1,
        study=options.study,
    )
    found = _optimized(plan)
    from trading.backtesting.optimize.text import remarks_of, text_of  # noqa: PLC0415

    sys.stdout.write(text_of(found))
    remark(remarks_of(found))
    if options.export is not None:
        _export(options.export, found)
    if options.write:
        _write(plan, found)
    return 0


def _optimized(plan: "Plan") -> "Optimized":
    import optuna  # noqa: PLC0415

    from runtime.logs import configure_logs  # noqa: PLC0415
    from runtime.settings import CoreSettings, load  # noqa: PLC0415
    from runtime.supervisor.status import where_it_runs  # noqa: PLC0415
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415
    from trading.backtesting.optimize.storage import study_database  # noqa: PLC0415
    from trading.backtesting.optimize.walk_forward import optimize  # noqa: PLC0415

    settings = where_it_runs(load(CoreSettings))
    configure_logs(NAME, "WARNING")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with study_database(settings) as url, ProgressBar() as progress:
        return optimize(plan, url, progress)


def _export(path: Path, found: "Optimized") -> None:
    import msgspec  # noqa: PLC0415

    from trading.backtesting.data.files.whole_file import write_content  # noqa: PLC0415

    write_content(path, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    sys.stdout.write(f"\nevery figure is in {path}\n")


def _write(plan: "Plan", found: "Optimized") -> None:
    from datetime import UTC, datetime  # noqa: PLC0415

    from market.clock import NS_PER_S, SystemClock  # noqa: PLC0415
    from trading.backtesting.optimize.candidate import write_parameters  # noqa: PLC0415

    now = datetime.fromtimestamp(SystemClock().now_ns() / NS_PER_S, tz=UTC)
    place = write_parameters(plan.job.strategy.path, found.strategy, found.candidate, str(now))
    sys.stdout.write(f"\nthe values are in {place}: the strategy reads them from there\n")


def _parser() -> argparse.ArgumentParser:
    parser = strategy_parser(
        NAME, "Optimise a strategy's parameters, walking forward through the candles.", _EXAMPLES
    )
    how = parser.add_argument_group("search")
    how.add_argument(
        "--spaces",
        nargs="+",
        default=["default"],
        metavar="SPACE",
        help="buy, sell, roi, stoploss, trailing, protection, trades, any of your own, all, default",
    )
    how.add_argument("--loss", default="sharpe", metavar="NAME", help="what is minimised (sharpe)")
    how.add_argument(
        "-e", "--epochs", type=positive_number, default=100, metavar="N", help="trials a window (100)"
    )
    how.add_argument(
        "--trades-min",
        type=whole_number,
        default=10,
        metavar="N",
        help="a candidate with fewer is no good (10)",
    )
    how.add_argument(
        "--windows",
        type=whole_number,
        default=4,
        metavar="N",
        help="unseen stretches (4); 0 fits all candles",
    )
    how.add_argument(
        "--train-ratio", type=float, default=3.0, metavar="R", help="train stretch per test stretch (3)"
    )
    how.add_argument("--jobs", type=positive_number, metavar="N", help="processes (all cores)")
    how.add_argument("--seed", type=whole_number, default=0, metavar="N", help="of the search (0)")
    how.add_argument("--study", metavar="NAME", help="its name in the database (made from the settings)")
    output = parser.add_argument_group("result")
    output.add_argument("--write", action="store_true", help="write <strategy>.json beside the strategy")
    output.add_argument("--export", type=Path, metavar="FILE", help="write every figure as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
