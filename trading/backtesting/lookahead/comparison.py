"""Compare what was known at the time with the frame that knows what followed, column by column.

A column that a run lacks counts as empty: `frame.loc[mask, "enter_long"] = 1` makes none where the mask
never holds. Signals count by what a backtest makes of them: 1, anything else that counts as true, or
nothing. Floats may differ by 1e-8 of their size, and by 1e-10 of the column's: sums over another length
round otherwise.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")
TAGS = ("enter_tag", "exit_tag")
RELATIVE_TOLERANCE = 1e-8
SCALE_TOLERANCE = 1e-10

Booleans = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


class Known(msgspec.Struct, frozen=True, eq=False):
    """Rows as they were known: row `i` of `rows` (indexed by date) is from a run on `lengths[i]` candles."""

    rows: pd.DataFrame
    lengths: Places


class ColumnDifference(msgspec.Struct, frozen=True, eq=False):
    """A column that differs in `where` (rows of `Known`); the values beside each other."""

    column: str
    where: Places
    known: pd.Series
    later: pd.Series


def by_date(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame indexed by its candles' open times; the last of equal dates and names."""
    rows = frame.set_index(pd.DatetimeIndex(frame["date"]).as_unit("ns")).drop(columns="date")
    rows = rows.loc[:, ~rows.columns.duplicated(keep="last")]
    # pandas makes a column without a type where `frame.loc[mask, [two columns]] = (1, "tag")` hits no row.
    if typeless := [name for name, dtype in rows.dtypes.items() if getattr(dtype, "kind", "") == "V"]:
        rows = rows.assign(**{str(name): np.nan for name in typeless})
    return rows if rows.index.is_unique else rows[~rows.index.duplicated(keep="last")]


def last_rows(frame: pd.DataFrame, dates: pd.DatetimeIndex, length: int) -> Known:
    """Return the rows of `dates` of a run on `length` candles; empty ones where the run dropped them."""
    return Known(by_date(frame).reindex(dates), np.full(len(dates), length))


def joined(parts: Sequence[Known]) -> Known:
    """Return the rows of many runs as one."""
    plain = [part.rows.astype(dict.fromkeys(_categoricals(part.rows), object)) for part in parts]
    filled = [rows.dropna(axis="columns", how="all") for rows in plain]
    columns = list(dict.fromkeys(name for rows in plain for name in rows.columns))
    rows = pd.concat(filled).reindex(columns=columns)
    return Known(rows, np.concatenate([part.lengths for part in parts]))


def differences(known: Known, later: pd.DataFrame) -> list[ColumnDifference]:
    """Return the columns of `known` that differ from the frame `later`, in the frame's order."""
    full = by_date(later)
    scales = full.select_dtypes("number").abs().replace(np.inf, np.nan).max()
    after = full.reindex(known.rows.index)
    names = [*full.columns, *(name for name in known.rows.columns if name not in full.columns)]
    found = []
    for name in dict.fromkeys(names):
        old, new = _cells(known.rows, name), _cells(after, name)
        where = np.flatnonzero(~_equal(old, new, float(scales.get(name, 0.0))))
        if len(where):
            found.append(ColumnDifference(str(name), where, old, new))
    return found


def plain(value: Any) -> Any:
    """Return a cell for people and JSON: plain Python values, None for a missing one."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)


def _categoricals(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.select_dtypes("category").columns]


def _cells(frame: pd.DataFrame, name: str) -> pd.Series:
    column = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
    if name not in SIGNALS:
        return column
    ones = column.eq(1).fillna(value=False).to_numpy(dtype=np.bool_)
    given = column.astype(object).where(column.notna(), other=0).astype(bool).to_numpy()
    return pd.Series(np.where(ones, 1, np.where(given, 2, 0)), index=column.index)


def _equal(old: pd.Series, new: pd.Series, scale: float) -> Booleans:
    missing = old.isna().to_numpy(dtype=bool) & new.isna().to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(old) and pd.api.types.is_numeric_dtype(new):
        left = old.to_numpy(dtype=np.float64, na_value=np.nan)
        right = new.to_numpy(dtype=np.float64, na_value=np.nan)
        tolerance = SCALE_TOLERANCE * (0.0 if np.isnan(scale) else scale)
        close = np.isclose(left, right, rtol=RELATIVE_TOLERANCE, atol=tolerance)
        return np.asarray(close | missing, dtype=np.bool_)
    pairs = zip(missing, old.astype(object), new.astype(object), strict=True)
    return np.array([bool(gone) or _same(one, other) for gone, one, other in pairs], dtype=np.bool_)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):  # numbers that share a column with text
        return bool(np.isclose(one, other, rtol=RELATIVE_TOLERANCE, atol=0.0))
    try:
        return bool(one == other)
    except (TypeError, ValueError):  # cells that hold arrays
        return repr(one) == repr(other)
