"""freqtrade's names for candle files: `BTC_USDT-5m.feather`, `futures/BTC_USDT_USDT-1h-mark.feather`.

A pair's `/` and `:` become `_`, so that a name does not tell a pair with `_` inside from another;
files are therefore found by the pair, and pairs read from names only to say what is there.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FORMATS = {"feather": "feather", "parquet": "parquet", "jsongz": "json.gz", "json": "json"}
"""freqtrade's names of the formats and the file endings, in the order in which we look for them."""

_NAME = re.compile(r"([\w-]+?)-(\d+[a-zA-Z]{1,2})(?:-([a-zA-Z_]+))?\.(feather|parquet|json\.gz|json)")
_NOT_IN_NAMES = re.compile(r"[/ .@$+:]")


class CandleFile(NamedTuple):
    """A file, and what is in it by its name; `candle_type` is `spot`, `futures` or `mark`, for example."""

    path: Path
    pair: str
    timeframe: str
    candle_type: str

    @property
    def data_format(self) -> str:
        """Freqtrade's name of the format."""
        return next(name for name, ending in FORMATS.items() if self.path.name.endswith(f".{ending}"))


def file_path(folder: Path, pair: str, timeframe: str, candle_type: str, data_format: str) -> Path:
    """Return where freqtrade keeps these candles; a month is `1Mo`, as not all disks tell m from M."""
    name = f"{_NOT_IN_NAMES.sub('_', pair)}-{timeframe.replace('M', 'Mo')}"
    if candle_type != "spot":
        folder, name = folder / "futures", f"{name}-{candle_type}"
    return folder / f"{name}.{FORMATS[data_format]}"


def find_file(
    folder: Path, pair: str, timeframe: str, candle_type: str, data_format: str | None = None
) -> Path | None:
    """Return the file with these candles; without a format the first that exists, feather before json."""
    for name in FORMATS if data_format is None else (data_format,):
        path = file_path(folder, pair, timeframe, candle_type, name)
        old = path.with_name(path.name.replace(f"-{timeframe.replace('M', 'Mo')}", f"-{timeframe}"))
        for candidate in (path, old):
            if candidate.is_file():
                return candidate
    return None


def list_files(folder: Path) -> Iterator[CandleFile]:
    """Yield the candle files of a data folder, sorted; other files are passed over."""
    for inside, default_type in ((folder, "spot"), (folder / "futures", "futures")):
        for path in sorted(inside.glob("*-*.*")) if inside.is_dir() else ():
            if match := _NAME.fullmatch(path.name):
                pair = match[1].replace("_", "/", 1).replace("_", ":", 1)
                timeframe = re.sub("mo$", "M", match[2], flags=re.IGNORECASE)
                yield CandleFile(path, pair, timeframe, match[3] or default_type)
