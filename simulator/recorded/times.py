"""Times written as text (RFC 3339, or Go's way with spaces) in frames, read and moved."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from market.clock import NS_PER_S

_DATE_TIME = rb"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?"
_MOMENT = re.compile(_DATE_TIME)
_FIELD = re.compile(
    rb'("(?:timestamp|time|event_time|current_time|time_in|time_out)":\s*")' + _DATE_TIME,
)


def first_ns(frame: bytes) -> int | None:
    """Return the first time that the venue wrote into a frame; nothing where it wrote none."""
    match = _FIELD.search(frame)
    return _ns(match[2], match[4], match[5]) if match else None


def ns_of(text: str) -> int:
    """Return a time in nanoseconds.

    Raises:
        ValueError: it is no time.
    """
    match = _MOMENT.match(text.encode())
    if match is None:
        raise ValueError(f"{text[:40]!r} is no time")
    return _ns(match[1], match[3], match[4])


def moved(frame: bytes, shift_ns: int) -> bytes:
    """Return the frame with its time fields later by `shift_ns`, all else untouched.

    A time keeps its number of digits, unless it needs more to be exact.
    """

    def later(match: re.Match[bytes]) -> bytes:
        digits = len(match[5] or b"")
        seconds, rest = divmod(_ns(match[2], match[4], match[5]) + shift_ns, NS_PER_S)
        text = b"%09d" % rest
        fraction = text[:digits] + text[digits:].rstrip(b"0")
        return match[1] + _written(seconds, match[3]) + (b"." + fraction if fraction else b"")

    return _FIELD.sub(later, frame)


def _ns(date: bytes, time: bytes, fraction: bytes | None) -> int:
    return _seconds(date, time) * NS_PER_S + int((fraction or b"").ljust(9, b"0"))


@lru_cache(maxsize=4096)
def _seconds(date: bytes, time: bytes) -> int:
    return int(datetime.fromisoformat(f"{date.decode()}T{time.decode()}+00:00").timestamp())


@lru_cache(maxsize=4096)
def _written(seconds: int, separator: bytes) -> bytes:
    return datetime.fromtimestamp(seconds, UTC).strftime(f"%Y-%m-%d{separator.decode()}%H:%M:%S").encode()
