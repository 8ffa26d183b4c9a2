"""`tidegate backtest`: run strategies over past candles, print tables, export every trade."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trading.backtesting.commands.messages import BAD_INPUT, complain, remark, run_command

if TYPE_CHECKING:
    from trading.backtesting.commands.job import Job, Outcome
    from trading.backtesting.commands.sources import Source
    from trading.backtesting.commands.strategy_files import StrategyFile
    from trading.backtesting.data.config_file import Config

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
    return run_command(NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from trading.backtesting.commands.settings import run_config  # noqa: PLC0415

    config, remarks = run_config(options)
    strategies = _strategies(options, config)
    source, pairs = _source(options, config)
    _check_writable(options.export)
    remark(remarks)
    from trading.backtesting.commands.job import Job  # noqa: PLC0415

    jobs = [
        Job(strategy=strategy, config=config, source=source, pairs=pairs, engine=options.engine)
        for strategy in strategies
    ]
    outcomes = _one(jobs[0]) if len(jobs) == 1 else _several(jobs, options.jobs)
    return _report(outcomes, options.export)


def _one(job: "Job") -> "list[Outcome]":
    from trading.backtesting.commands.job import run_job  # noqa: PLC0415
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415

    with ProgressBar() as progress:
        return [run_job(job, progress)]


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


def _strategies(options: argparse.Namespace, config: "Config") -> "list[StrategyFile]":
    from trading.backtesting.commands.settings import kept_folder, strategy_folders  # noqa: PLC0415
    from trading.backtesting.commands.strategy_files import StrategyFile, find_strategy  # noqa: PLC0415
    from trading.backtesting.errors import UnknownStrategy  # noqa: PLC0415

    if options.strategy_file is not None:
        return [StrategyFile(options.strategy_file, options.strategy)]
    names = options.strategy_list or [name for name in (options.strategy or config.get("strategy"),) if name]
    if not names:
        raise UnknownStrategy("name a --strategy, or a --strategy-file; `tidegate strategies` lists some")
    folders = strategy_folders(config, options.strategy_path, kept_folder())
    return [find_strategy(name, folders) for name in dict.fromkeys(names)]


def _source(options: argparse.Namespace, config: "Config") -> "tuple[Source, tuple[str, ...]]":
    from trading.backtesting.commands.settings import candle_folders, default_folder, kept_folder  # noqa: PLC0415
    from trading.backtesting.commands.sources import Database, Folder, Table  # noqa: PLC0415
    from trading.backtesting.errors import BadConfig  # noqa: PLC0415

    pairs = tuple(options.pairs or ())
    if options.bars is not None:
        if len(pairs) != 1:
            raise BadConfig("a file of --bars holds one pair: say which, as in --pairs BTC/USDT")
        return Table(options.bars, pairs[0]), pairs
    if options.from_database:
        return Database(options.venue or config["exchange"]["name"]), pairs
    folder = options.datadir or default_folder(candle_folders(config, kept_folder()))
    return Folder(folder, options.data_format or config.get("dataformat_ohlcv")), pairs


def _check_writable(export: Path | None) -> None:
    """Say before the work, not after it, that its result has no place."""
    from trading.backtesting.errors import NotWritten  # noqa: PLC0415

    if export is None:
        return
    if export.is_dir():
        raise NotWritten(f"{export} is a folder; name a file, as in --export {export / 'trades.json'}")
    if not export.parent.is_dir():
        raise NotWritten(f"{export} can't be written: there is no folder {export.parent}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tidegate backtest",
        description="Run freqtrade strategies, unmodified, over past candles.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    which = parser.add_argument_group("strategy")
    which.add_argument("--strategy-file", type=Path, metavar="FILE", help="a strategy file")
    which.add_argument(
        "-s", "--strategy", metavar="NAME", help="one of ours, a class in your folder, or in --strategy-file"
    )
    which.add_argument("--strategy-list", nargs="+", metavar="NAME", help="several, run side by side")
    which.add_argument("--strategy-path", type=Path, metavar="DIR", help="a folder of your strategy files")
    _add_data(parser)
    _add_terms(parser)
    output = parser.add_argument_group("result")
    output.add_argument("--export", type=Path, metavar="FILE", help="write every trade and a summary as JSON")
    output.add_argument("--jobs", type=int, metavar="N", help="processes for --strategy-list (all cores)")
    output.add_argument(
        "--engine",
        choices=("auto", "general", "fast"),
        default="auto",
        help="which loop; all give the same trades",
    )
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
    data = parser.add_argument_group("candles")
    source = data.add_mutually_exclusive_group()
    source.add_argument("-d", "--datadir", type=Path, metavar="DIR", help="a freqtrade data folder")
    source.add_argument("--bars", type=Path, metavar="FILE", help="one pair's candles as .parquet or .csv")
    source.add_argument("--from-database", action="store_true", help="what Tidegate recorded or downloaded")
    data.add_argument("--venue", help="with --from-database: whose bars (the configuration's exchange)")
    data.add_argument(
        "--data-format",
        choices=("feather", "parquet", "json", "jsongz"),
        help="read no other format (any that is there)",
    )
    data.add_argument(
        "-p",
        "--pairs",
        nargs="+",
        metavar="PAIR",
        help="names or patterns such as '.*/USDT' (the whitelist, or all)",
    )
    data.add_argument("--timerange", metavar="RANGE", help="20240101-20240201, 20240101-, unix times; UTC")
    data.add_argument("-i", "--timeframe", help="instead of the strategy's")
    data.add_argument("--timeframe-detail", metavar="TIMEFRAME", help="shorter candles to fill orders on")


def _add_terms(parser: argparse.ArgumentParser) -> None:
    terms = parser.add_argument_group("money and rules (beat the configuration)")
    terms.add_argument(
        "-c",
        "--config",
        type=Path,
        action="append",
        metavar="FILE",
        help="a freqtrade config.json; several: the last wins",
    )
    terms.add_argument("--exchange", metavar="NAME", help="whose fees and folders (binance)")
    terms.add_argument("--fee", type=float, help="of each side, as a fraction: 0.001 is 0.1 %%")
    terms.add_argument(
        "--dry-run-wallet",
        "--starting-balance",
        type=float,
        metavar="AMOUNT",
        help="money at the start (1000)",
    )
    terms.add_argument(
        "--stake-amount", type=_stake, metavar="AMOUNT", help="per trade, or unlimited (the default)"
    )
    terms.add_argument("--max-open-trades", type=int, metavar="N", help="-1 is no limit")
    terms.add_argument("--trading-mode", choices=("spot", "futures"))
    terms.add_argument("--margin-mode", choices=("isolated", "cross"))
    terms.add_argument(
        "--enable-protections", action="store_const", const=True, help="heed the strategy's protections"
    )
    terms.add_argument(
        "--enable-position-stacking",
        dest="position_stacking",
        action="store_const",
        const=True,
        help="several trades per pair",
    )


def _stake(text: str) -> float | str:
    if text == "unlimited":
        return text
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither an amount nor unlimited") from None


if __name__ == "__main__":
    sys.exit(main())
