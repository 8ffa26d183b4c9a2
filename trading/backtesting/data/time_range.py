"""The time range as freqtrade's users write it: `20240101-20240201`, open ends, unix times."""

import re
from datetime import UTC, datetime

from trading.backtesting.errors import BadTimeRange
from trading.backtesting.ports import UNBOUNDED, TimeRange

_FORMATS = {8: "%Y%m%d", 13: "%Y%m%dT%H%M", 15: "%Y%m%dT%H%M%S"}
_DAY = re.compile(r"\d{8}(T\d{4}(\d{2})?)?")
_HINT = "write 20240101-20240201, 20240101- or -20240201 (UTC; also 20240101T1200 and unix times)"


def parse_time_range(text: str | None) -> TimeRange:
    """Read a range; both ends belong to it, an end that is left out is open.

    Raises:
        BadTimeRange: a date that does not exist, another notation, or an end before the start.
    """
    if not text:
        return UNBOUNDED
    parts = text.strip().split("-")
    if len(parts) != 2 or not any(parts):
        raise BadTimeRange(f"{text!r} is not a time range; {_HINT}")
    start_s, stop_s = (_moment(part.strip(), text) for part in parts)
    if start_s is not None and stop_s is not None and start_s > stop_s:
        raise BadTimeRange(f"the time range {text} ends before it starts")
    return TimeRange(start_s, stop_s)


def range_text(time_range: TimeRange) -> str:
    """Return the range in words for messages: `2024-01-01 00:00 to the end of the data`."""
    start = "the start of the data" if time_range.start_s is None else moment_text(time_range.start_s)
    stop = "the end of the data" if time_range.stop_s is None else moment_text(time_range.stop_s)
    return f"{start} to {stop}"


def moment_text(moment_s: float) -> str:
    """Return a time, seconds UTC, for messages: to the minute, or the second where it has one."""
    moment = datetime.fromtimestamp(moment_s, tz=UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


def _moment(part: str, text: str) -> int | None:
    if not part:
        return None
    if part.isdecimal() and len(part) in {10, 13}:
        return int(part) // (1000 if len(part) == 13 else 1)
    if not _DAY.fullmatch(part):
        raise BadTimeRange(f"{part!r} in the time range {text!r} is not a time; {_HINT}")
    try:
        return int(datetime.strptime(part, _FORMATS[len(part)]).replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise BadTimeRange(f"there is no such day or time as {part}, in the time range {text}") from None
