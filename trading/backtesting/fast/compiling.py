"""Compile functions once per user: the machine code is kept between runs and processes.

Numba keeps a function's machine code beside its source and looks only at that file's age; what we
compile is spread over several files and may be installed read-only. Ours therefore lives in the
user's cache folder, under a name that changes with any of the sources, the interpreter and numba.
"""

import hashlib
import os
import platform
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def cache_folder(sources: Iterable[Path], root: Path | None = None) -> Path | None:
    """Return a writable folder that belongs to exactly these sources, None where there is none."""
    digest = hashlib.sha256()
    for part in (numba.__version__, platform.machine(), sys.version):
        digest.update(part.encode())
    for source in sources:
        digest.update(source.read_bytes())
    cache = root or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tidegate" / "compiled" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def compiler(sources: Iterable[Path]) -> Callable[[Function], Function]:
    """Return a decorator that compiles a function on its first call and keeps the machine code.

    Without a writable cache folder each process compiles anew, which takes some seconds.
    """
    folder = cache_folder(sources)

    def compiled(function: Function) -> Function:
        kept = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(folder or "")
        try:
            jitted: Function = numba.njit(cache=folder is not None)(function)
        finally:
            numba.config.CACHE_DIR = kept
        return jitted

    return compiled
