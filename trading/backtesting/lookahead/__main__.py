"""`tidegate lookahead`: run a strategy on truncated candles and name what reads the future."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trading.backtesting.commands.arguments import (
    check_writable,
    chosen_source,
    chosen_strategies,
    strategy_parser,
)
from trading.backtesting.commands.messages import remark, run_command
from trading.backtesting.commands.option_parser import positive_number

if TYPE_CHECKING:
    from trading.backtesting.commands.job import Job
    from trading.backtesting.commands.progress import ProgressBar
    from trading.backtesting.lookahead.findings import Examination

NAME = "lookahead"
READS_FUTURE = 1
_WINDOW = 300
_EXAMPLES = """examples:
  tidegate lookahead --strategy-file MyStrategy.py --datadir user_data/data/binance
  tidegate lookahead --strategy ema_cross --bars candles.parquet --pairs BTC/USDT --candles 2000

Each truncated run shows what was known at its last candle; a column that later candles change has read
the future. Exit code: 0 clean, 1 look-ahead (or a truncated run raised), 2 bad input."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Examine a strategy; return 0 when it is clean, 1 when it reads the future, 2 for bad input."""
    options = _parser().parse_args(arguments)
    return run_command(NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from trading.backtesting.commands.settings import run_config  # noqa: PLC0415

    config, remarks = run_config(options)
    source, pairs = chosen_source(options, config)
    strategy = chosen_strategies(options, config)[0]
    check_writable(options.export, "--export")
    from trading.backtesting.commands.job import Job  # noqa: PLC0415

    job = Job(strategy=strategy, config=config, source=source, pairs=pairs)
    remark(remarks)
    found = _examined(job, options)
    from trading.backtesting.lookahead.text import text_of  # noqa: PLC0415

    sys.stdout.write("\n".join(map(text_of, found)))
    if options.export is not None:
        _write(options.export, found)
    return 0 if all(examination.is_clean for examination in found) else READS_FUTURE


def _examined(job: "Job", options: argparse.Namespace) -> "list[Examination]":
    from trading.backtesting.commands.job import prepare  # noqa: PLC0415
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415
    from trading.backtesting.lookahead.examination import Window, examine  # noqa: PLC0415
    from trading.backtesting.lookahead.subject import subject_of  # noqa: PLC0415

    ready = prepare(job)
    remark(ready.remarks)
    subject = subject_of(job.strategy, ready)
    window = Window(candles=options.candles)
    pairs = list(subject.candles) if options.all_pairs else list(subject.candles)[:1]
    with ProgressBar() as progress:
        return [
            examine(subject, pair, window=window, workers=options.jobs, progress=_phase(progress, pair))
            for pair in pairs
        ]


def _phase(progress: "ProgressBar", pair: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(f"Truncating {pair}", done, total)


def _write(path: Path, found: "Sequence[Examination]") -> None:
    import msgspec  # noqa: PLC0415

    from trading.backtesting.data.files.whole_file import write_content  # noqa: PLC0415

    write_content(path, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    sys.stdout.write(f"\nevery finding is in {path}\n")


def _parser() -> argparse.ArgumentParser:
    parser = strategy_parser(
        NAME, "Run a strategy on truncated candles and name the columns that read the future.", _EXAMPLES
    )
    how = parser.add_argument_group("examination")
    how.add_argument(
        "--candles",
        type=positive_number,
        default=_WINDOW,
        metavar="N",
        help=f"how many candles past the start-up are examined, each with a run of its own ({_WINDOW})",
    )
    how.add_argument("--all-pairs", action="store_true", help="examine every pair, not only the first")
    how.add_argument("--jobs", type=positive_number, metavar="N", help="processes (by the size of the work)")
    how.add_argument("--export", type=Path, metavar="FILE", help="write every finding as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
