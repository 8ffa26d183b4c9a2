"""Candles of a freqtrade data folder, whatever format each file has."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from trading.backtesting.data.cleaning import clean
from trading.backtesting.data.columns import RawCandles, empty_candles, to_frame
from trading.backtesting.data.files.layout import FORMATS, CandleFile, find_file, list_files
from trading.backtesting.data.files.readers import read_file
from trading.backtesting.data.remarks import Oddity, Remark
from trading.backtesting.data.time_range import moment_text
from trading.backtesting.errors import BadConfig, NoCandles
from trading.backtesting.ports import UNBOUNDED, TimeRange


class FolderStore:
    """The candle store of `--datadir`; `remarks` grows with what was odd in the files read."""

    def __init__(self, folder: Path, data_format: str | None = None) -> None:
        """Open a folder; `data_format` (`feather`, `json` …) reads no other format.

        Raises:
            NoCandles: the folder does not exist, or holds no candle file.
            BadConfig: an unknown format.
        """
        if data_format is not None and data_format not in FORMATS:
            raise BadConfig(f"the data format {data_format!r} is none of {', '.join(FORMATS)}")
        self.folder = folder
        self.remarks: list[Remark] = []
        self._data_format = data_format
        if not self.files():
            raise NoCandles(_nothing_in(folder))

    def files(self) -> list[CandleFile]:
        """Return what is there, by name."""
        return [file for file in list_files(self.folder) if self._data_format in {None, file.data_format}]

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs that have candles of this timeframe, sorted."""
        return sorted({file.pair for file in self.files() if file.timeframe == timeframe})

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        """Return the candles of a pair: cut to the range, in order, gaps filled; empty without a file.

        Raises:
            BadCandles: the file can't be read, or lacks a column.
        """
        path = find_file(self.folder, pair, timeframe, candle_type, self._data_format)
        if path is None:
            return to_frame(empty_candles(candle_type))
        if candle_type == "funding_rate":  # venues state its time a few milliseconds late
            raw = read_file(path, candle_type)
            raw = raw._replace(dates_ms=raw.dates_ms // 1000 * 1000).within(timerange)
        else:
            raw = read_file(path, candle_type, timerange)
        cleaned = clean(raw, timeframe=timeframe, candle_type=candle_type, source=str(path))
        self._remember([*cleaned.remarks, *_short(cleaned.filled, timerange, str(path))])
        return to_frame(cleaned.filled)

    def _remember(self, remarks: Sequence[Remark]) -> None:
        self.remarks += [remark for remark in remarks if remark not in self.remarks]


def _short(candles: RawCandles, time_range: TimeRange, source: str) -> list[Remark]:
    """Say where the candles begin after the range or end before it."""
    dates, remarks = candles.dates_ms, []
    if not len(dates):
        return []
    step_ms = int(np.diff(dates[:2])[0]) if len(dates) > 1 else 0
    if time_range.start_s is not None and dates[0] > time_range.start_s * 1000 + step_ms:
        text = f"starts at {moment_text(dates[0] / 1000)}, after {moment_text(time_range.start_s)}"
        remarks.append(Remark(source, Oddity.LATE_START, 0, text))
    if time_range.stop_s is not None and dates[-1] + step_ms < time_range.stop_s * 1000:
        text = f"ends at {moment_text(dates[-1] / 1000)}, before {moment_text(time_range.stop_s)}"
        remarks.append(Remark(source, Oddity.EARLY_END, 0, text))
    return remarks


def _nothing_in(folder: Path) -> str:
    if not folder.is_dir():
        return f"there is no data folder {folder}"
    inner = [path for path in sorted([*folder.glob("*"), *folder.glob("data/*")]) if any(list_files(path))]
    message = f"{folder} holds no candle files such as BTC_USDT-5m.feather"
    if inner:
        return f"{message}, but {' and '.join(map(str, inner))} does: name that"
    return f"{message}; `tidegate download` fetches some"
