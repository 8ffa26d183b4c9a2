"""Fixtures of python-kraken-sdk: one JSON document `{"init": …, "updates": […]}`.

They hold no time of receipt: the newest time that the venue wrote into a frame stands for it. The
frames are taken as bytes, since a checksum is over the numbers as written.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from runtime.recordings._bytes import read_all
from runtime.recordings._formats import ns_of
from runtime.recordings._record import Recorded
from runtime.recordings.errors import DamagedRecording

BYTES_MAX = 256 << 20

_SECONDS = re.compile(rb'"(\d{10}\.\d{6})"')
_RFC3339 = re.compile(rb'"timestamp":\s*"([0-9T:.-]{19,30})Z"')


class _Fixture(msgspec.Struct):
    init: msgspec.Raw
    updates: list[msgspec.Raw]


def kraken_sdk(path: Path, conn: str) -> Iterator[Recorded]:
    """Read a fixture.

    Raises:
        DamagedRecording: the file is not whole, and a JSON document can only be read whole.
    """
    try:
        fixture = msgspec.json.decode(read_all(path, BYTES_MAX), type=_Fixture)
        is_list = bytes(fixture.init).lstrip()[:1] == b"["
        first = msgspec.json.decode(fixture.init, type=list[msgspec.Raw]) if is_list else [fixture.init]
    except msgspec.MsgspecError as error:
        raise DamagedRecording(
            f"{path}: {error}; a fixture is one JSON document and must be whole"
        ) from error
    frames = [bytes(frame) for frame in (*first, *fixture.updates)]
    times = [_newest_ns(frame) for frame in frames]
    ts_ns = next((time for time in times if time), 0)
    for frame, time in zip(frames, times, strict=True):
        ts_ns = max(ts_ns, time)
        yield Recorded("recv", conn, ts_ns, "", frame)


def _newest_ns(frame: bytes) -> int:
    seconds = [ns_of(match) for match in _SECONDS.findall(frame)]
    times = [_ns_of_rfc3339(match) for match in _RFC3339.findall(frame)]
    return max(seconds + times, default=0)


def _ns_of_rfc3339(text: bytes) -> int:
    whole, _, fraction = text.decode().partition(".")
    try:
        return int(datetime.fromisoformat(whole + "+00:00").timestamp()) * 10**9 + int(
            fraction[:9].ljust(9, "0") or 0
        )
    except ValueError:
        return 0
