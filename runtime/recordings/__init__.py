"""Recordings of venues' raw feeds: found out, opened and read as one stream of `Recorded`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from runtime.recordings._bytes import read_head, read_lines
from runtime.recordings._formats import cryptofeed_text, hftbacktest, hftbacktest_answers, json_lines
from runtime.recordings._kraken_sdk import kraken_sdk
from runtime.recordings._record import Recorded
from runtime.recordings._venues import VENUES, venue_of
from runtime.recordings.errors import DamagedRecording, RecordingError, UnknownRecording

__all__ = [
    "VENUES",
    "DamagedRecording",
    "Recorded",
    "Recording",
    "RecordingError",
    "UnknownRecording",
    "open_recording",
]

HEAD_BYTES = 256 << 10


class Recording(NamedTuple):
    """A file of a known format and venue."""

    path: Path
    venue: str
    format: str

    def records(self) -> Iterator[Recorded]:
        """Yield what the file holds, in its order.

        Raises:
            DamagedRecording: after all that could be read of a damaged file.
        """
        yield from self._read(lambda lines: lines)

    def answers(self) -> Iterator[Recorded]:
        """Yield the REST answers (and little else), several times faster than all records.

        Raises:
            DamagedRecording: as `records`.
        """
        yield from self._read(_ANSWERS[self.format])

    def _read(self, chosen: Callable[[Iterator[bytes]], Iterator[bytes]]) -> Iterator[Recorded]:
        conn = self.path.name.partition(".jsonl")[0]
        if self.format == "kraken_sdk":
            yield from kraken_sdk(self.path, conn)
        else:
            yield from _READERS[self.format](chosen(read_lines(self.path)), conn)


_READERS = {"hftbacktest": hftbacktest, "json_lines": json_lines, "cryptofeed_text": cryptofeed_text}
_ANSWERS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "hftbacktest": hftbacktest_answers,
    "json_lines": lambda lines: (line for line in lines if b'"http"' in line[:20]),
    "cryptofeed_text": lambda lines: (line for line in lines if line.startswith(b"http")),
    "kraken_sdk": lambda lines: lines,
}


def open_recording(path: Path, venue: str | None = None) -> Recording:
    """Find out a file's format and venue; `venue` overrides what the file says.

    Raises:
        UnknownRecording: there is no such file, or no decoder for it.
    """
    if not path.is_file():
        raise UnknownRecording(f"{path}: no such file")
    head = read_head(path, HEAD_BYTES)
    if not head.strip():
        raise UnknownRecording(f"{path}: empty, or damaged from its first byte on")
    return Recording(path, venue or venue_of(path, head), _format_of(path, head))


def _format_of(path: Path, head: bytes) -> str:
    first = head.lstrip()[:4000]
    if first.startswith(b"{"):
        is_lines = b'"t"' in first[:20]
        is_fixture = b'"init"' in first[:40]
        if is_lines or is_fixture:
            return "json_lines" if is_lines else "kraken_sdk"
    elif first[:16].isdigit() and first[16:24].lstrip(b"0123456789").startswith(b" "):
        return "hftbacktest"
    elif first[:9].isdigit() or first.startswith((b"http", b"ws", b"configuration: ")):
        return "cryptofeed_text"
    raise UnknownRecording(f"{path}: no known format of recording; it starts with {bytes(first[:40])!r}")
