"""Recorded frames: which stream they belong to, and how their times are moved."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from market.clock import NS_PER_MS

_STREAM = re.compile(rb'\{"stream":"([^"@]+)@([A-Za-z]+)[^"]*","data":')
_TIME = re.compile(rb'"([ET])":(\d{13})(?=[,}])')
SERVED_KINDS = {
    "trade": "trades",
    "aggTrade": "aggregate_trades",
    "bookTicker": "quotes",
    "depth": "depth",
}
"""The streams that can be served, with the name under which they are counted.

Bars are not among them: moved by anything but whole minutes they would open within a minute.
"""


class Frame(NamedTuple):
    """A combined frame: the venue's name of its symbol, the stream's kind, the whole and its data."""

    symbol: str
    kind: str
    whole: bytes
    data: bytes


def parse(line: bytes) -> Frame | None:
    """Split a combined frame; nothing for what is not served."""
    match = _STREAM.match(line)
    if match is None or (kind := match[2].decode()) not in SERVED_KINDS:
        return None
    return Frame(match[1].decode().upper(), kind, line, line[match.end() : -1])


def event_ns(frame: bytes) -> int | None:
    """Return the time that the venue wrote into a frame, in nanoseconds; nothing where it wrote none."""
    match = _TIME.search(frame)
    return int(match[2]) * NS_PER_MS if match else None


def moved(frame: bytes, shift_ms: int) -> bytes:
    """Return the frame with its event and transaction times later by `shift_ms`, all else untouched."""

    def later(match: re.Match[bytes]) -> bytes:
        return b'"%b":%d' % (match[1], int(match[2]) + shift_ms)

    return _TIME.sub(later, frame)


def stream_key(stream: str) -> str:
    """Return the name under which a recorded stream is found, whatever its speed: `btcusdt@depth`."""
    symbol, _, kind = stream.partition("@")
    return f"{symbol}@{kind.partition('@')[0]}"


def decimals(texts: Sequence[str]) -> int:
    """Return the most decimals that any of the numbers needs."""
    return max((len(text.rstrip("0").partition(".")[2]) for text in texts), default=0)


def steps(text: str, places: int) -> int:
    """Return a decimal number as whole steps of 10^-places, exactly."""
    whole, _, fraction = text.partition(".")
    return int(whole + fraction[:places].ljust(places, "0"))
