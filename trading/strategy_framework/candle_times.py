"""freqtrade's time functions of a timeframe: lengths, and the candle borders around a time."""

from datetime import UTC, datetime, timedelta

from market.clock import NS_PER_S, Clock, SystemClock
from market.timeframes import timeframe_ns

__all__ = [
    "timeframe_to_minutes",
    "timeframe_to_msecs",
    "timeframe_to_next_date",
    "timeframe_to_prev_date",
    "timeframe_to_seconds",
]


def timeframe_to_seconds(timeframe: str) -> int:
    """Return the length in seconds: `5m` is 300."""
    return timeframe_ns(timeframe) // NS_PER_S


def timeframe_to_minutes(timeframe: str) -> int:
    """Return the length in minutes, rounded down."""
    return timeframe_to_seconds(timeframe) // 60


def timeframe_to_msecs(timeframe: str) -> int:
    """Return the length in milliseconds."""
    return timeframe_to_seconds(timeframe) * 1000


def timeframe_to_prev_date(timeframe: str, date: datetime | None = None) -> datetime:
    """Return the open time of the candle that holds `date` (now, when left out)."""
    moment = date or _now(SystemClock())
    seconds = int(moment.timestamp())
    return moment.replace(microsecond=0) - timedelta(seconds=seconds % timeframe_to_seconds(timeframe))


def timeframe_to_next_date(timeframe: str, date: datetime | None = None) -> datetime:
    """Return the open time of the candle after the one that holds `date` (now, when left out)."""
    return timeframe_to_prev_date(timeframe, date) + timedelta(seconds=timeframe_to_seconds(timeframe))


def _now(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.now_ns() / NS_PER_S, tz=UTC)
