"""Options that the commands about strategies share, and what they choose."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trading.backtesting.commands.option_parser import OptionParser

if TYPE_CHECKING:
    from trading.backtesting.commands.sources import Source
    from trading.backtesting.commands.strategy_files import StrategyFile
    from trading.backtesting.data.config.file import Config


def strategy_parser(name: str, description: str, examples: str, *, several: bool = False) -> OptionParser:
    """Return the parser of `tidegate <name>` with the options of strategy, candles, money and rules.

    With `several`, more than one strategy can be named.
    """
    parser = OptionParser(
        prog=f"tidegate {name}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    which = _add_strategy(parser)
    if several:
        which.add_argument("--strategy-list", nargs="+", metavar="NAME", help="several, run side by side")
    _add_data(parser)
    _add_terms(parser)
    return parser


def _add_strategy(parser: argparse.ArgumentParser) -> Any:
    which = parser.add_argument_group("strategy")
    which.add_argument("--strategy-file", type=Path, metavar="FILE", help="a strategy file")
    which.add_argument(
        "-s", "--strategy", metavar="NAME", help="one of ours, a class in your folder, or in --strategy-file"
    )
    which.add_argument("--strategy-path", type=Path, metavar="DIR", help="a folder of your strategy files")
    return which


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


def chosen_strategies(options: argparse.Namespace, config: "Config") -> "list[StrategyFile]":
    """Return the strategies that are named, without running their files.

    Raises:
        UnknownStrategy: none is named, or a name is not found.
    """
    from trading.backtesting.commands.settings import kept_folder, strategy_folders  # noqa: PLC0415
    from trading.backtesting.commands.strategy_files import StrategyFile, find_strategy  # noqa: PLC0415
    from trading.backtesting.errors import UnknownStrategy  # noqa: PLC0415

    if options.strategy_file is not None:
        return [StrategyFile(options.strategy_file, options.strategy)]
    names = getattr(options, "strategy_list", None) or [
        name for name in (options.strategy or config.get("strategy"),) if name
    ]
    if not names:
        raise UnknownStrategy("name a --strategy, or a --strategy-file; `tidegate strategies` lists some")
    folders = strategy_folders(config, options.strategy_path, kept_folder())
    return [find_strategy(name, folders) for name in dict.fromkeys(names)]


def chosen_source(options: argparse.Namespace, config: "Config") -> "tuple[Source, tuple[str, ...]]":
    """Return where the candles are, and the pairs that are named.

    Raises:
        NoCandles: no folder is named, and none is where they are looked for.
        BadConfig: a table without the name of its pair.
    """
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


def check_writable(path: Path | None, option: str) -> None:
    """Say before the work, not after it, that its result has no place.

    Raises:
        NotWritten: the path is a folder, or its folder does not exist.
    """
    from trading.backtesting.errors import NotWritten  # noqa: PLC0415

    if path is None:
        return
    if path.is_dir():
        raise NotWritten(f"{path} is a folder; name a file in it with {option}")
    if not path.parent.is_dir():
        raise NotWritten(f"{path} can't be written: there is no folder {path.parent}")
