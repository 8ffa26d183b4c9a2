"""`tidegate strategies`: which strategies there are, and what each of them needs."""

import sys
from collections.abc import Sequence
from pathlib import Path

from trading.backtesting.commands.messages import run_command
from trading.backtesting.commands.option_parser import OptionParser

NAME = "strategies"
SOME_UNUSABLE = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """List strategies; return 0, 1 when one can't be used, or 2 without a folder or a strategy in it."""
    parser = OptionParser(
        prog="tidegate strategies",
        description="List the strategies of a folder (ours and yours without one) and what each needs.",
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="a folder, or one file")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)
    return run_command(NAME, lambda: _list(options.folder, as_json=options.json))


def _list(folder: Path | None, *, as_json: bool) -> int:
    from trading.backtesting.commands.progress import ProgressBar  # noqa: PLC0415
    from trading.backtesting.commands.strategy_files import SHIPPED  # noqa: PLC0415
    from trading.backtesting.commands.strategy_listing import list_strategies  # noqa: PLC0415
    from trading.backtesting.commands.strategy_tables import print_strategies  # noqa: PLC0415
    from trading.backtesting.errors import UnknownStrategy  # noqa: PLC0415

    if folder is not None and not folder.exists():
        raise UnknownStrategy(f"there is no folder {folder}")
    with ProgressBar() as progress:
        found = list_strategies([folder] if folder else [SHIPPED, *_own_folders()], progress)
    if folder is not None and not found:
        raise UnknownStrategy(f"{folder} holds no strategy: a .py file with a class derived from IStrategy")
    if as_json:
        import msgspec  # noqa: PLC0415

        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        print_strategies(found)
    return 0 if all(strategy.problem is None for strategy in found) else SOME_UNUSABLE


def _own_folders() -> list[Path]:
    from trading.backtesting.commands.settings import kept_folder, strategy_folders  # noqa: PLC0415

    return strategy_folders({}, None, kept_folder())


if __name__ == "__main__":
    sys.exit(main())
