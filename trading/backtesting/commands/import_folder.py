"""`tidegate import`: take over the candles and strategies of a freqtrade user folder."""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from trading.backtesting.commands.messages import complain, remark, run_command
from trading.backtesting.commands.option_parser import OptionParser

NAME = "import"
SOME_LEFT_OUT = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Take a folder over; return 0, 1 when something was left out, or 2 when there was nothing to take."""
    parser = OptionParser(
        prog="tidegate import",
        description="Take over candles (checked, into feather) and strategies of a freqtrade user folder. "
        "The folder itself is only read.",
        epilog="example: tidegate import ~/freqtrade/user_data",
    )
    parser.add_argument(
        "folder",
        type=Path,
        metavar="USER_DATA",
        help="freqtrade's user_data, or one folder of candles or of strategies",
    )
    parser.add_argument("--dry-run", action="store_true", help="check and list only, copy nothing")
    parser.add_argument(
        "--force", action="store_true", help="replace strategies taken over before, your changes included"
    )
    options = parser.parse_args(arguments)
    return run_command(NAME, lambda: _import(options))


def _import(options: argparse.Namespace) -> int:
    from trading.backtesting.commands.takeover import data_folders, strategy_folder  # noqa: PLC0415
    from trading.backtesting.errors import NoCandles  # noqa: PLC0415

    folder: Path = options.folder.expanduser()
    if not folder.is_dir():
        raise NoCandles(f"there is no folder {folder}; name freqtrade's user_data")
    sources, strategies = data_folders(folder), strategy_folder(folder)
    if not sources and strategies is None:
        raise NoCandles(
            f"{folder} holds neither candles (data/EXCHANGE/BTC_USDT-5m.feather) nor strategies "
            "(strategies/NAME.py); name freqtrade's user_data, or one folder of either"
        )
    is_whole = True
    for venue, source in sources.items():
        is_whole &= _import_candles(venue, source, is_dry=options.dry_run)
    names: list[str] = []
    if strategies is not None:
        names, is_taken = _import_strategies(strategies, is_dry=options.dry_run, replace=options.force)
        is_whole &= is_taken
    for config in sorted(folder.glob("config*.json")):
        sys.stdout.write(f"{config} can be used as it is: tidegate backtest -c {config} …\n")
    if names:
        sys.stdout.write(f"on paper:\n{_paper_command(names)}\n")
    return 0 if is_whole else SOME_LEFT_OUT


def _import_candles(venue: str, source: Path, *, is_dry: bool) -> bool:
    """Return whether every file was taken over."""
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415
    from trading.backtesting.commands.settings import kept_folder  # noqa: PLC0415
    from trading.backtesting.commands.takeover import take_candles  # noqa: PLC0415

    target = kept_folder() / "candles" / venue
    with ProgressBar() as progress:
        taken = take_candles(source, None if is_dry else target, progress)
    what = "checked" if is_dry else f"taken over into {target}"
    sys.stdout.write(f"{venue}: {taken.files} files, {taken.candles:,} candles {what}\n")
    remark(taken.remarks)
    for problem in taken.problems:
        complain(NAME, f"left out: {problem}")
    return not taken.problems


def _import_strategies(source: Path, *, is_dry: bool, replace: bool) -> tuple[list[str], bool]:
    """Return the names of those that can run on paper, and whether every file is now as in the source."""
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415
    from trading.backtesting.commands.settings import kept_folder  # noqa: PLC0415
    from trading.backtesting.commands.strategy_listing import (  # noqa: PLC0415
        list_strategies,
        paper_files,
        paper_names,
    )
    from trading.backtesting.commands.strategy_tables import print_strategies  # noqa: PLC0415
    from trading.backtesting.commands.takeover import take_strategies  # noqa: PLC0415

    with ProgressBar() as progress:
        listed = list_strategies([source], progress)
    print_strategies(listed)
    if is_dry:
        return [], True
    target = kept_folder() / "strategies"
    found = take_strategies(source, target, replace=replace)
    sys.stdout.write(f"{len(found.taken)} strategy files taken over into {target}\n")
    for path in found.kept:
        complain(NAME, f"kept: {path} differs from the imported one (--force replaces it)")
    place = target.resolve()
    files = [place / Path(file).relative_to(source) for file in paper_files(listed)]
    return paper_names(files, place), not found.kept


def _paper_command(names: Sequence[str]) -> str:
    """Return the line that starts the strategies, in the data folder that they were taken over into."""
    folder = os.environ.get("TIDEGATE_DATA_DIR")
    where = f"TIDEGATE_DATA_DIR={shlex.quote(folder)} " if folder else ""
    return f"{where}TIDEGATE_TRADING_STRATEGIES={shlex.quote(','.join(names))} tidegate up"


if __name__ == "__main__":
    sys.exit(main())
