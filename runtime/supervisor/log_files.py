"""The processes' log files: appended to by the processes themselves, kept small by the supervisor."""

import json
import re
import shutil
from pathlib import Path
from typing import BinaryIO

BYTES_MAX = 4 * 1024 * 1024
"""A log grows to about this size, and the one before it is kept beside it as `.1`."""

TAIL_BYTES = 8 * 1024
REFUSED_TO_START = "refused_to_start"
"""The event of a process that says why it ends before its work has begun."""


def open_for_append(path: Path) -> BinaryIO:
    """Open a log for a child process. Appending lets it be truncated under the writer's feet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


def rotate(path: Path, bytes_max: int = BYTES_MAX) -> bool:
    """Move a log aside when it has grown too long; return whether it had."""
    try:
        if path.stat().st_size < bytes_max:
            return False
    except FileNotFoundError:
        return False
    shutil.copyfile(path, path.with_name(path.name + ".1"))
    with path.open("r+b") as file:
        file.truncate(0)
    return True


def last_words(path: Path, since: int = 0) -> str:
    """Return what a process said last of why it ended: its newest complaint, or else its last line."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(min(since, size), size - TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    lines = [line.strip() for line in lines if line.strip()]
    complaints = [complaint for line in lines if (complaint := _complaint(line))]
    return (complaints or lines or [""])[-1]


def _complaint(line: str) -> str:
    """Return what an error line says, in our own logs' form or a traceback's last line, or nothing."""
    if line.startswith("error: "):
        return line.removeprefix("error: ")
    if line.startswith("{"):
        try:
            entry = json.loads(line)
        except ValueError:
            return ""
        if entry.get("level") not in {"error", "critical"}:
            return ""
        exception = str(entry.get("exception", "")).strip().splitlines()
        detail = exception[-1] if exception else entry.get("reason") or entry.get("error")
        if entry.get("event") == REFUSED_TO_START:
            return str(detail)
        return f"{entry.get('event')}: {detail}" if detail else str(entry.get("event"))
    return line if re.match(r"[\w.]+(Error|Exception|Failure): ", line) else ""
