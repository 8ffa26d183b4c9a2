"""`tidegate import`: take over the candles and strategies of a freqtrade user folder."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trading.backtesting.commands.messages import complain, remark, run_command

NAME = "import"


def main(arguments: Sequence[str] | None = None) -> int:
    """Take a folder over; return 0, or 2 when there was nothing to take."""
    parser = argparse.ArgumentParser(
        prog="tidegate import",
        description="Take over candles (checked, into feather) and strategies of a freqtrade user folder. "
        "The folder itself is only read.",
        epilog="example: tidegate import ~/freqtrade/user_data",
    )
    parser.add_argument(
        "folder", type=Path, metavar="USER_DATA", help="freqtrade's user_data, or one data folder"
    )
    parser.add_argument("--dry-run", action="store_true", help="check and list only, copy nothing")
    options = parser.parse_args(arguments)
    return run_command(NAME, lambda: _import(options.folder.expanduser(), is_dry=options.dry_run))


def _import(folder: Path, *, is_dry: bool) -> int:
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415
    from trading.backtesting.commands.settings import kept_folder  # noqa: PLC0415
    from trading.backtesting.commands.strategy_listing import list_strategies  # noqa: PLC0415
    from trading.backtesting.commands.strategy_tables import print_strategies  # noqa: PLC0415
    from trading.backtesting.commands.takeover import data_folders, take_candles, take_strategies  # noqa: PLC0415
    from trading.backtesting.errors import NoCandles  # noqa: PLC0415

    kept = kept_folder()
    sources, strategies = data_folders(folder), folder / "strategies"
    if not sources and not strategies.is_dir():
        raise NoCandles(f"{folder} holds neither candles (data/EXCHANGE/BTC_USDT-5m.feather) nor strategies")
    verb = "checked" if is_dry else "taken over"
    for venue, source in sources.items():
        with ProgressBar() as progress:
            taken = take_candles(source, None if is_dry else kept / "candles" / venue, progress)
        where = "" if is_dry else f" into {kept / 'candles' / venue}"
        sys.stdout.write(f"{venue}: {taken.files} files, {taken.candles:,} candles {verb}{where}\n")
        remark(taken.remarks)
        for problem in taken.problems:
            complain(NAME, f"left out: {problem}")
    if strategies.is_dir():
        with ProgressBar() as progress:
            print_strategies(list_strategies([strategies], progress))
        if not is_dry:
            count = take_strategies(strategies, kept / "strategies")
            sys.stdout.write(f"{count} strategy files taken over into {kept / 'strategies'}\n")
    for config in sorted(folder.glob("config*.json")):
        sys.stdout.write(f"{config} can be used as it is: tidegate backtest -c {config} …\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
