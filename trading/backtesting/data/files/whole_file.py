"""Files that are there whole or not at all: written beside their place, then renamed into it."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from trading.backtesting.errors import NotWritten


def write_content(path: Path, content: bytes) -> None:
    """Write a file's whole content; see `write_whole`."""

    def write(part: Path) -> None:
        part.write_bytes(content)

    write_whole(path, write)


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file and move it to `path`; missing folders are made.

    Raises:
        NotWritten: the disk is full, or the place can't be written; what was there is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            write(part)
            part.chmod(0o644)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritten(f"{path} can't be written: {error.strerror or error}") from error
