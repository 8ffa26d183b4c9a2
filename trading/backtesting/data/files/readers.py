"""Read one candle file: feather, parquet, json or json.gz in freqtrade's shape, into plain arrays.

Feather is read batch by batch and only the batches that touch the time range are kept, so that memory
follows the candles asked for and not the file.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trading.backtesting.data.columns import OHLCV, RawCandles, empty_candles, value_columns
from trading.backtesting.errors import BadCandles
from trading.backtesting.ports import UNBOUNDED, TimeRange

_MS_PER_UNIT = {"s": (1000, 1), "ms": (1, 1), "us": (1, 1000), "ns": (1, 1_000_000)}


def read_file(path: Path, candle_type: str, time_range: TimeRange = UNBOUNDED) -> RawCandles:
    """Return the candles of a file whose times lie in the range, in the order of the file.

    Raises:
        BadCandles: the file is cut off, of another kind, or lacks a column.
    """
    reader = _READERS[path.name.partition(".")[2]]
    try:
        parts = [part.within(time_range) for part in reader(path, candle_type)]
    except (OSError, EOFError, ValueError, pa.ArrowException) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise BadCandles(
            f"{path} can't be read: it is cut off or not {path.suffix[1:]} ({reason}); "
            "fetch it again (`tidegate download`) or delete it"
        ) from error
    parts = [part for part in parts if len(part.dates_ms)] or [empty_candles(candle_type)]
    if len(parts) == 1:
        return parts[0]
    names = parts[0].values
    return RawCandles(
        np.concatenate([part.dates_ms for part in parts]),
        {name: np.concatenate([part.values[name] for part in parts]) for name in names},
    )


def _read_feather(path: Path, candle_type: str) -> Iterator[RawCandles]:
    with pa.OSFile(str(path)) as source:
        if source.read(4) == b"FEA1":  # the format before 2020 has no batches
            from pyarrow import feather  # noqa: PLC0415

            yield _from_arrow(feather.read_table(str(path)), path, candle_type)
            return
        source.seek(0)
        with pa.ipc.open_file(source) as batches:
            for index in range(batches.num_record_batches):
                yield _from_arrow(batches.get_batch(index), path, candle_type)


def _read_parquet(path: Path, candle_type: str) -> Iterator[RawCandles]:
    from pyarrow import parquet  # noqa: PLC0415  # half a tenth of a second that feather need not pay

    with parquet.ParquetFile(path) as source:
        for batch in source.iter_batches():
            yield _from_arrow(batch, path, candle_type)


def _read_json(path: Path, candle_type: str) -> Iterator[RawCandles]:
    """Read `[[1704067200000, 42283.58, …], …]`.

    pandas reads numbers a digit in the last place differently from Python; freqtrade reads with
    pandas, so that equal trades need the same.
    """
    import pandas as pd  # noqa: PLC0415

    compression: Any = "gzip" if path.suffix == ".gz" else None
    table = pd.read_json(path, orient="values", compression=compression)
    if table.empty:
        return
    names = value_columns(candle_type)
    rates_as_candles = candle_type == "funding_rate" and table.shape[1] == len(OHLCV) + 1
    if table.shape[1] != len(names) + 1 and not rates_as_candles:
        wanted = ", ".join(("time in ms", *names))
        raise BadCandles(f"{path} has rows of {table.shape[1]} numbers; rows of {wanted} are needed")
    columns = {name: table[index + 1].to_numpy(dtype=np.float64) for index, name in enumerate(names)}
    yield RawCandles(table[0].to_numpy(dtype=np.int64), columns)


_READERS: dict[str, Callable[[Path, str], Iterator[RawCandles]]] = {
    "feather": _read_feather,
    "parquet": _read_parquet,
    "json": _read_json,
    "json.gz": _read_json,
}


def _from_arrow(table: Any, path: Path, candle_type: str) -> RawCandles:
    names = value_columns(candle_type)
    found = table.schema.names
    # Funding rates used to be kept as candles, with the rate as the open.
    sources = ("open",) if candle_type == "funding_rate" and "funding_rate" not in found else names
    if missing := [name for name in ("date", *sources) if name not in found]:
        raise BadCandles(f"{path} lacks the column {', '.join(missing)}; it has: {', '.join(found)}")
    values = {
        name: _floats(table.column(source), source, path) for name, source in zip(names, sources, strict=True)
    }
    return RawCandles(_dates_ms(table.column("date"), path), values)


def _floats(column: Any, name: str, path: Path) -> NDArray[np.float64]:
    try:
        floats = column.cast(pa.float64())
    except pa.ArrowException as error:
        raise BadCandles(f"{path}: the column {name} holds {column.type}, not numbers") from error
    array: NDArray[np.float64] = floats.to_numpy(zero_copy_only=False)
    return array


def _dates_ms(column: Any, path: Path) -> NDArray[np.int64]:
    if pa.types.is_integer(column.type):
        return np.array(column.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)
    if not pa.types.is_timestamp(column.type) or column.null_count:
        raise BadCandles(f"{path}: the column date holds {column.type} or blanks, not times")
    factor, divisor = _MS_PER_UNIT[column.type.unit]
    counts = column.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return np.asarray(counts * factor if divisor == 1 else counts // divisor, dtype=np.int64)
