"""freqtrade's time functions of a timeframe: lengths, and the candle borders around a time.

As in ccxt, lengths count a month as 30 days and a year as 365, but their candles follow the calendar;
a week begins on Monday. Every other border is a multiple of the length since 1970.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache

from market.clock import NS_PER_S, Clock, SystemClock

__all__ = [
    "date_minus_candles",
    "timeframe_to_minutes",
    "timeframe_to_msecs",
    "timeframe_to_next_date",
    "timeframe_to_prev_date",
    "timeframe_to_resample_freq",
    "timeframe_to_seconds",
]

_SHAPE = re.compile(r"([1-9]\d*)([smhdwMy])")
_UNIT_S = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "M": 2_592_000,
    "y": 31_536_000,
}
_FIRST_MONDAY_MS = 4 * 86_400_000
_WEEK_MINUTES = 10_000
_MONTH_MINUTES = 43_200
_YEAR_MINUTES = 525_600


@cache
def timeframe_to_seconds(timeframe: str) -> int:
    """Return the length in seconds: `5m` is 300.

    Raises:
        ValueError: the text is not a count and one of s, m, h, d, w, M, y.
    """
    found = _SHAPE.fullmatch(timeframe)
    if found is None:
        raise ValueError(f"{timeframe!r} is not a timeframe; write 1m, 5m, 1h or 1d")
    return int(found[1]) * _UNIT_S[found[2]]


def timeframe_to_minutes(timeframe: str) -> int:
    """Return the length in minutes, rounded down."""
    return timeframe_to_seconds(timeframe) // 60


def timeframe_to_msecs(timeframe: str) -> int:
    """Return the length in milliseconds."""
    return timeframe_to_seconds(timeframe) * 1000


def timeframe_to_prev_date(timeframe: str, date: datetime | None = None) -> datetime:
    """Return the open time (UTC) of the candle that holds `date` (now, when left out)."""
    return _candle(timeframe, date)[0]


def timeframe_to_next_date(timeframe: str, date: datetime | None = None) -> datetime:
    """Return the open time (UTC) of the candle after the one that holds `date` (now, when left out)."""
    return _candle(timeframe, date)[1]


def date_minus_candles(timeframe: str, candle_count: int, date: datetime | None = None) -> datetime:
    """Return the open time of the candle `candle_count` candles before the one that holds `date`."""
    length = timedelta(minutes=timeframe_to_minutes(timeframe))
    return timeframe_to_prev_date(timeframe, date) - length * candle_count


def timeframe_to_resample_freq(timeframe: str) -> str:
    """Return pandas' frequency for resampling into the timeframe; weeks begin on Monday."""
    if timeframe == "1y":
        return "1YS"
    minutes = timeframe_to_minutes(timeframe)
    if _WEEK_MINUTES < minutes < _MONTH_MINUTES:
        return "1W-MON"
    if _MONTH_MINUTES <= minutes < _YEAR_MINUTES:
        return f"{timeframe}S"
    return timeframe if minutes > _MONTH_MINUTES else f"{timeframe_to_seconds(timeframe)}s"


def utc_now(clock: Clock | None = None) -> datetime:
    """Return the present time, for functions that users call without one."""
    return datetime.fromtimestamp((clock or SystemClock()).now_ns() / NS_PER_S, tz=UTC)


def _candle(timeframe: str, date: datetime | None) -> tuple[datetime, datetime]:
    """Return when the candle that holds a time opens and closes."""
    length_ms = timeframe_to_msecs(timeframe)
    now_ms = int((date or utc_now()).timestamp() * 1000)
    count, unit = int(timeframe[:-1]), timeframe[-1]
    if unit in "My":
        months = count if unit == "M" else 12 * count
        now = datetime.fromtimestamp(now_ms // 1000, tz=UTC)
        first = (now.year * 12 + now.month - 1) // months * months
        return _month(first), _month(first + months)
    origin_ms = _FIRST_MONDAY_MS if unit == "w" else 0
    opened = now_ms - (now_ms - origin_ms) % length_ms
    return (
        datetime.fromtimestamp(opened // 1000, tz=UTC),
        datetime.fromtimestamp((opened + length_ms) // 1000, tz=UTC),
    )


def _month(months: int) -> datetime:
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
