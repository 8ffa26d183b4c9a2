"""Leftovers: processes of a data folder that outlived the one who started them.

Every process of the supervisor carries a mark in its environment, which its own children inherit,
however far they move away (own sessions, double forks). What carries the mark of a data folder and
has no supervisor is ended. PostgreSQL's sessions overwrite their environment, but go with their
postmaster.
"""

from collections.abc import Iterator
from pathlib import Path

import psutil

MARK = "SUPERVISED_BY"


def mark(data_dir: Path, name: str) -> str:
    """The value of `MARK` for one process of a data folder."""
    return f"{data_dir}|{name}"


def marked(data_dir: Path, name: str | None = None) -> Iterator[psutil.Process]:
    """Find the living processes of a data folder, or of one of its processes."""
    for process in psutil.process_iter():
        try:
            value = process.environ().get(MARK, "")
            is_alive = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            continue
        folder, _, owner = value.rpartition("|")
        if is_alive and folder == str(data_dir) and name in {None, owner}:
            yield process


def end(data_dir: Path, name: str | None = None) -> list[str]:
    """Kill what is left of a data folder, or of one of its processes; return what was there."""
    ended: list[str] = []
    found = list(marked(data_dir, name))
    for process in found:
        try:
            ended.append(f"{process.name()} ({process.pid})")
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(found, timeout=3)
    return ended
