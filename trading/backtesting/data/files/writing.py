"""Write candles into freqtrade's layout, so that freqtrade reads them as its own."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from trading.backtesting.data.columns import RawCandles
from trading.backtesting.data.files.layout import file_path
from trading.backtesting.data.files.readers import read_file
from trading.backtesting.data.files.whole_file import write_whole

BATCH_ROWS = 65_536


def write_candles(folder: Path, pair: str, timeframe: str, candle_type: str, candles: RawCandles) -> Path:
    """Write a pair's candles as feather, in place of what was there; return the file.

    Raises:
        NotWritten: the file can't be written.
    """
    path = file_path(folder, pair, timeframe, candle_type, "feather")
    dates = pa.array(candles.dates_ms).cast(pa.timestamp("ms", tz="UTC"))
    columns = {name: pa.array(column) for name, column in candles.values.items()}
    table = pa.table({"date": dates, **columns})

    def write(part: Path) -> None:
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as file:
            file.write_table(table, max_chunksize=BATCH_ROWS)

    write_whole(path, write)
    return path


def merge_candles(stored: RawCandles, fetched: RawCandles) -> RawCandles:
    """Return both ascending, one candle per time; where both have one, the fetched."""
    dates = np.concatenate([fetched.dates_ms, stored.dates_ms])
    unique, rows = np.unique(dates, return_index=True)
    values = {
        name: np.concatenate([column, stored.values[name]])[rows] for name, column in fetched.values.items()
    }
    return RawCandles(unique, values)


def stored_candles(folder: Path, pair: str, timeframe: str, candle_type: str) -> RawCandles | None:
    """Return what the feather file of a pair holds; nothing without one.

    Raises:
        BadCandles: the file can't be read.
    """
    path = file_path(folder, pair, timeframe, candle_type, "feather")
    return read_file(path, candle_type) if path.is_file() else None
