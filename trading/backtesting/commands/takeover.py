"""Copy candles and strategies out of a freqtrade user folder, each file checked and written whole."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from trading.backtesting.data.cleaning import clean
from trading.backtesting.data.files.layout import CandleFile, list_files
from trading.backtesting.data.files.readers import read_file
from trading.backtesting.data.files.whole_file import write_whole
from trading.backtesting.data.files.writing import merge_candles, stored_candles, write_candles
from trading.backtesting.data.markets import MARKETS_FILE
from trading.backtesting.data.remarks import Remark
from trading.backtesting.errors import BadCandles


class Taken(msgspec.Struct):
    """What came of a folder; `problems` are the files that were left out, with the reason."""

    files: int = 0
    candles: int = 0
    remarks: list[Remark] = []
    problems: list[str] = []


class TakenFiles(msgspec.Struct, frozen=True):
    """Which files are now as in the folder taken over, and which were kept as they differ from it."""

    taken: list[Path]
    kept: list[Path]


def data_folders(folder: Path) -> dict[str, Path]:
    """Return the folders with candles by exchange: below `data`, or the folder itself."""
    inside = [path for path in sorted((folder / "data").glob("*")) if path.is_dir()]
    found = {path.name: path for path in inside if any(list_files(path))}
    if not found and any(list_files(folder)):
        found[folder.resolve().name] = folder
    return found


def strategy_folder(folder: Path) -> Path | None:
    """Return the folder with strategy files: `strategies` below, or the folder itself where it holds some."""
    if (folder / "strategies").is_dir():
        return folder / "strategies"
    holds_some = any(b"IStrategy" in path.read_bytes() for path in folder.glob("*.py"))
    return folder if holds_some else None


def take_candles(
    source: Path, target: Path | None, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Taken:
    """Read every candle file of `source`, put it in order, and merge it into `target` as feather.

    Without a target it only looks. Gaps stay gaps: they are filled when the candles are used.

    Raises:
        NotWritten: the target can't be written.
    """
    taken = Taken()
    files = list(list_files(source))
    for number, file in enumerate(files, start=1):
        try:
            taken.candles += _take(file, target, taken.remarks)
            taken.files += 1
        except BadCandles as error:
            taken.problems.append(str(error))
        progress("Reading candles", number, len(files))
    if target is not None and (source / MARKETS_FILE).is_file():
        write_whole(target / MARKETS_FILE, partial(_copy, source / MARKETS_FILE))
    return taken


def take_strategies(source: Path, target: Path, *, replace: bool = False) -> TakenFiles:
    """Copy the strategy files and their parameter files, subfolders included.

    A file that is there already and differs holds someone's work: it stays, unless `replace` is set.

    Raises:
        NotWritten: the target can't be written.
    """
    wanted = [
        path for path in sorted(source.rglob("*")) if path.suffix in {".py", ".json"} and path.is_file()
    ]
    wanted = [path for path in wanted if "__pycache__" not in path.parts]
    found = TakenFiles([], [])
    for path in wanted:
        place = target / path.relative_to(source)
        is_there = place.exists()
        if is_there and _is_same(path, place):
            found.taken.append(place)
        elif is_there and not replace:
            found.kept.append(place)
        else:
            write_whole(place, partial(_copy, path))
            found.taken.append(place)
    return found


def _take(file: CandleFile, target: Path | None, remarks: list[Remark]) -> int:
    raw = read_file(file.path, file.candle_type)
    cleaned = clean(raw, timeframe=file.timeframe, candle_type=file.candle_type, source=str(file.path))
    candles = cleaned.ordered
    remarks += cleaned.remarks
    if target is not None and len(candles.dates_ms):
        held = stored_candles(target, file.pair, file.timeframe, file.candle_type)
        merged = candles if held is None else merge_candles(held, candles)
        write_candles(target, file.pair, file.timeframe, file.candle_type, merged)
    return len(candles.dates_ms)


def _is_same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _copy(source: Path, part: Path) -> None:
    shutil.copyfile(source, part)
