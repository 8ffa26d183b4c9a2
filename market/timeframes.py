"""Timeframes: `1m`, `5m`, `1h`, `1d` … as lengths of time, aligned to the epoch."""

from market.clock import NS_PER_S
from market.errors import BadEvent

_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def timeframe_ns(timeframe: str) -> int:
    """Return the length of a timeframe in nanoseconds.

    Raises:
        BadEvent: the text is not a count and one of s, m, h, d, w.
    """
    count, unit = timeframe[:-1], timeframe[-1:]
    if not count.isdecimal() or int(count) == 0 or unit not in _UNIT_S:
        raise BadEvent(f"{timeframe!r} is not a timeframe; write 1m, 5m, 1h or 1d")
    return int(count) * _UNIT_S[unit] * NS_PER_S


def open_time_of(ts_ns: int, timeframe: str) -> int:
    """Return the open time of the bar that `ts_ns` falls into."""
    return ts_ns - ts_ns % timeframe_ns(timeframe)
