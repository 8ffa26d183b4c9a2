"""Put stored candles in order and fill their gaps, as freqtrade does, and say what had to be done.

freqtrade sorts, joins candles of one time (first open, highest high, lowest low, last close, greatest
volume) and fills a gap with flat candles of the previous close and volume 0. Trades are equal to
freqtrade's only if this is the same to the last digit; almost all tables need none of it, and for
those nothing is copied.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trading.backtesting.data.columns import RawCandles, from_frame, is_ohlcv, to_frame
from trading.backtesting.data.remarks import Oddity, Remark
from trading.backtesting.data.time_range import moment_text
from trading.strategy_framework.candles.times import timeframe_to_seconds

DAY_MS = 86_400_000
_JOIN_DOUBLES = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "max"}
_JOIN_INTO_BIN = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}


class Cleaned(NamedTuple):
    """Candles in order, one per time: `ordered` with their gaps, `filled` without; and what was odd."""

    ordered: RawCandles
    filled: RawCandles
    remarks: list[Remark]


def clean(candles: RawCandles, *, timeframe: str, candle_type: str, source: str) -> Cleaned:
    """Put candles in order and fill their gaps; funding rates are not filled.

    `source` names the file or table in remarks.
    """
    remarks: list[Remark] = []
    ordered = _in_order(candles, candle_type, source, remarks)
    if not is_ohlcv(candle_type) or not len(ordered.dates_ms):
        return Cleaned(ordered, ordered, remarks)
    remarks += _senseless(ordered, source)
    step_ms = timeframe_to_seconds(timeframe) * 1000
    has_blanks = any(bool(np.isnan(column).any()) for column in ordered.values.values())
    if step_ms > DAY_MS or has_blanks or _off_grid(ordered.dates_ms, step_ms).any():
        filled = _filled_by_calendar(ordered, timeframe, source, remarks)
    else:
        filled = _filled(ordered, step_ms)
    remarks += _gaps(ordered.dates_ms, filled.dates_ms, timeframe, step_ms, source)
    return Cleaned(ordered, filled, remarks)


def _in_order(candles: RawCandles, candle_type: str, source: str, remarks: list[Remark]) -> RawCandles:
    steps = np.diff(candles.dates_ms)
    if bool((steps > 0).all()):
        return candles
    if (backwards := np.flatnonzero(steps < 0)).size:
        where = moment_text(candles.dates_ms[backwards[0] + 1] / 1000)
        text = f"unsorted: {_times(backwards.size, 'time')} a candle is older than the one before, "
        remarks.append(Remark(source, Oddity.UNSORTED, backwards.size, f"{text}first at {where}; sorted"))
    ordered = np.sort(candles.dates_ms)
    if (doubled := ordered[1:][np.diff(ordered) == 0]).size:
        text = f"duplicates: {_times(doubled.size, 'candle')} of a time that is there already, first "
        text += f"{moment_text(doubled[0] / 1000)}; joined (first open, highest, lowest, last close)"
        remarks.append(Remark(source, Oddity.DUPLICATES, doubled.size, text))
    joining = _JOIN_DOUBLES if is_ohlcv(candle_type) else dict.fromkeys(candles.values, "first")
    frame = to_frame(candles)[["date", *candles.values]]
    joined = frame.groupby("date", as_index=False, sort=True).agg(joining)
    return from_frame(joined, candle_type)


def _filled(candles: RawCandles, step_ms: int) -> RawCandles:
    """Fill candles that lie on the grid: only then a gap is a matter of counting."""
    dates = candles.dates_ms
    rows = (dates - dates[0]) // step_ms
    total = int(rows[-1]) + 1
    if total == len(dates):
        return candles
    present = np.zeros(total, dtype=np.bool_)
    present[rows] = True
    last_known = np.cumsum(present) - 1
    close = candles.values["close"][last_known]
    values = {name: np.where(present, column[last_known], close) for name, column in candles.values.items()}
    values["volume"] = np.where(present, values["volume"], 0.0)
    return RawCandles(dates[0] + np.arange(total, dtype=np.int64) * step_ms, values)


def _filled_by_calendar(
    candles: RawCandles, timeframe: str, source: str, remarks: list[Remark]
) -> RawCandles:
    """Fill candles by pandas' calendar: weeks, months, blanks, and candles beside the grid."""
    step_ms = timeframe_to_seconds(timeframe) * 1000
    if step_ms <= DAY_MS and (beside := np.flatnonzero(_off_grid(candles.dates_ms, step_ms))).size:
        where = moment_text(candles.dates_ms[beside[0]] / 1000)
        text = f"{_times(beside.size, 'candle')} not at a multiple of {timeframe}, first {where}; "
        text += "joined into the candle that they fall in"
        remarks.append(Remark(source, Oddity.OFF_GRID, beside.size, text))
    binned = to_frame(candles).resample(_frequency(timeframe), on="date").agg(_JOIN_INTO_BIN)
    binned["close"] = binned["close"].ffill()
    for name in ("open", "high", "low"):
        binned[name] = binned[name].fillna(binned["close"])
    return from_frame(binned.reset_index(), "spot")


def _frequency(timeframe: str) -> str:
    """Return pandas' name of a timeframe whose candles open where exchanges open them."""
    if timeframe.endswith("y"):
        return "1YS"
    if timeframe.endswith("M"):
        return f"{timeframe}S"
    seconds = timeframe_to_seconds(timeframe)
    return "1W-MON" if seconds > 600_000 else f"{seconds}s"


def _off_grid(dates_ms: NDArray[np.int64], step_ms: int) -> NDArray[np.bool_]:
    midnight = dates_ms[0] - dates_ms[0] % DAY_MS
    beside: NDArray[np.bool_] = (dates_ms - midnight) % step_ms != 0
    return beside


def _gaps(
    stored_ms: NDArray[np.int64], filled_ms: NDArray[np.int64], timeframe: str, step_ms: int, source: str
) -> list[Remark]:
    missing = len(filled_ms) - len(stored_ms)
    if missing <= 0:
        return []
    steps = np.diff(stored_ms)
    wide = np.flatnonzero(steps > 1.5 * step_ms)
    if not wide.size:
        return []
    longest = wide[np.argmax(steps[wide])]
    text = (
        f"gaps: {_times(missing, f'{timeframe} candle')} missing of {len(filled_ms)} in "
        f"{_times(wide.size, 'place')}, first after {moment_text(stored_ms[wide[0]] / 1000)}, longest "
        f"{moment_text(stored_ms[longest] / 1000)} to {moment_text(stored_ms[longest + 1] / 1000)}; "
        "a backtest fills them with flat candles of volume 0"
    )
    return [Remark(source, Oddity.GAPS, missing, text)]


def _senseless(candles: RawCandles, source: str) -> list[Remark]:
    opened, high, low, close, volume = candles.values.values()
    sound = (low > 0) & (low <= np.minimum(opened, close)) & (high >= np.maximum(opened, close))
    sound &= (volume >= 0) & np.isfinite(high) & np.isfinite(volume)
    if sound.all():
        return []
    rows = np.flatnonzero(~sound)
    values = ", ".join(f"{name} {column[rows[0]]:g}" for name, column in candles.values.items())
    where = moment_text(candles.dates_ms[rows[0]] / 1000)
    text = f"{_times(rows.size, 'candle')} of senseless prices, first {where} ({values}); used as stored"
    return [Remark(source, Oddity.SENSELESS, rows.size, text)]


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
