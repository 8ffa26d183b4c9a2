"""One table of candles: a parquet or CSV file, with the time as `ts` (milliseconds), `time` or `date`."""

from pathlib import Path

import pandas as pd

from trading.backtesting.errors import BadCandles
from trading.strategy_framework.candles.frames import COLUMNS, PRICE_COLUMNS

_TIME_COLUMNS = ("date", "open_time", "time", "ts", "timestamp")
_NS_BY_DIGITS = {10: 10**9, 13: 10**6, 16: 10**3, 19: 1}


def read_candles(path: Path) -> pd.DataFrame:
    """Read candles with the columns `date` (UTC), `open`, `high`, `low`, `close`, `volume`.

    Raises:
        BadCandles: the file is missing, unreadable or lacks a column; or its rows make no sense.
    """
    table = _read(path)
    time_column = next((name for name in _TIME_COLUMNS if name in table), None)
    missing = [name for name in PRICE_COLUMNS if name not in table]
    if time_column is None or missing:
        wanted = ", ".join(missing) or f"a time column ({', '.join(_TIME_COLUMNS)})"
        raise BadCandles(f"{path} lacks {wanted}; it has: {', '.join(map(str, table.columns))}")
    table = table.assign(date=_times(table[time_column], path))[list(COLUMNS)]
    try:
        table = table.astype(dict.fromkeys(PRICE_COLUMNS, "float64"))
    except (TypeError, ValueError) as error:
        raise BadCandles(f"{path}: {error}") from error
    return checked_candles(table, str(path))


def checked_candles(candles: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return the candles in order, or say which row makes no sense.

    Raises:
        BadCandles: a price that is missing or not above 0, a high below the low, a time twice.
    """
    candles = candles.sort_values("date", kind="stable").reset_index(drop=True)
    doubled = candles["date"].duplicated()
    if doubled.any():
        raise BadCandles(f"{source}: two candles at {candles['date'][doubled].iloc[0].isoformat()}")
    prices = candles[["open", "high", "low", "close"]]
    bad = ~(prices > 0).all(axis=1) | (candles["high"] < prices.max(axis=1))
    bad |= candles["low"] > prices.min(axis=1)
    if bad.any():
        row = candles[bad].iloc[0]
        raise BadCandles(f"{source}: the candle of {row['date'].isoformat()} makes no sense: {dict(row[1:])}")
    return candles


def _read(path: Path) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix not in {".parquet", ".csv"}:
        raise BadCandles(f"{path} is neither .parquet nor .csv")
    try:
        table: pd.DataFrame = pd.read_parquet(path) if suffix == ".parquet" else pd.read_csv(path)
    except FileNotFoundError:
        raise BadCandles(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise BadCandles(f"{path} can't be read: {str(error).splitlines()[0]}") from error
    return table


def _times(column: pd.Series, path: Path) -> pd.Series:
    try:
        if pd.api.types.is_integer_dtype(column):
            digits = len(str(abs(int(column.iloc[0])))) if len(column) else 13
            return pd.to_datetime(column.astype("int64") * _NS_BY_DIGITS.get(digits, 10**6), utc=True)
        return pd.to_datetime(column, utc=True)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadCandles(f"{path}: a time can't be read: {str(error).splitlines()[0]}") from error
