"""Lines of a file that may be compressed, read with constant memory, damage told at the end."""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from runtime.recordings.errors import DamagedRecording

CHUNK_BYTES = 1 << 20
LINE_BYTES_MAX = 64 << 20
"""A longer line is no line of a recording; the longest seen are books of some megabytes."""

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP_MAGIC = b"\x1f\x8b"


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a plain, zstd or gzip file, without their ends.

    Raises:
        DamagedRecording: after the last line that could be read, where the file is cut or broken.
    """
    rest = b""
    try:
        for chunk in _chunks(path):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            yield from lines
            _check_length(rest, path)
    except (zstandard.ZstdError, zlib.error) as error:
        if rest:
            yield rest
        raise DamagedRecording(f"{path}: damaged ({error}); what comes before the damage was read") from error
    except DamagedRecording:
        if rest:
            yield rest
        raise
    if rest:
        yield rest


def _check_length(line: bytes, path: Path) -> None:
    if len(line) > LINE_BYTES_MAX:
        raise DamagedRecording(f"{path}: a line of more than {LINE_BYTES_MAX >> 20} MiB; not a recording")


def read_all(path: Path, bytes_max: int) -> bytes:
    """Return the whole uncompressed content.

    Raises:
        DamagedRecording: the file is broken, or larger than `bytes_max` when uncompressed.
    """
    found = bytearray()
    try:
        for chunk in _chunks(path):
            found += chunk
            if len(found) > bytes_max:
                raise DamagedRecording(f"{path}: more than {bytes_max >> 20} MiB in one JSON document")
    except (zstandard.ZstdError, zlib.error) as error:
        raise DamagedRecording(f"{path}: damaged ({error})") from error
    return bytes(found)


def read_head(path: Path, bytes_max: int) -> bytes:
    """Return the first bytes of the uncompressed content, as far as they can be read."""
    found = bytearray()
    try:
        for chunk in _chunks(path):
            found += chunk
            if len(found) >= bytes_max:
                break
    except (zstandard.ZstdError, zlib.error, DamagedRecording):
        pass
    return bytes(found[:bytes_max])


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic == _ZSTD_MAGIC:
            yield from _inflated(file, path, lambda: zstandard.ZstdDecompressor().decompressobj())
        elif magic[:2] == _GZIP_MAGIC:
            yield from _inflated(file, path, lambda: zlib.decompressobj(wbits=31))
        else:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def _inflated(file: BinaryIO, path: Path, start: Callable[[], Any]) -> Iterator[bytes]:
    """Decompress frame after frame; a stream that ends within a frame is cut."""
    decompressor = start()
    is_fresh = True
    while chunk := file.read(CHUNK_BYTES // 8):
        while chunk:
            if decompressor.eof:
                decompressor, is_fresh = start(), True
            out = decompressor.decompress(chunk)
            is_fresh = False
            if out:
                yield out
            chunk = decompressor.unused_data if decompressor.eof else b""
    if not decompressor.eof and not is_fresh:
        raise DamagedRecording(f"{path}: cut off; what comes before the cut was read")
