"""The lock on a data folder: one supervisor at a time. The system drops it when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.errors import AlreadyRunning, SettingsError


@contextmanager
def hold(run_dir: Path) -> Iterator[None]:
    """Hold the data folder for as long as the block runs.

    Raises:
        AlreadyRunning: another process holds it; the message names it.
        SettingsError: the folder can't be written.
    """
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(run_dir / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise SettingsError(
            f"the data folder {run_dir.parent} can't be written ({error.strerror}); "
            "set TIDEGATE_DATA_DIR to a folder that can"
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 32, 0).decode().strip() or "?"
            raise AlreadyRunning(
                f"Tidegate runs already on {run_dir.parent} (process {holder}); stop that one, "
                "or set TIDEGATE_DATA_DIR and TIDEGATE_PORT_BASE for a second one"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(run_dir: Path) -> int | None:
    """Return the process that holds the data folder, or nothing when none does."""
    try:
        descriptor = os.open(run_dir / "supervisor.lock", os.O_RDONLY)  # another user may only look
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return int(os.pread(descriptor, 32, 0).decode().strip() or 0)
    else:
        return None
    finally:
        os.close(descriptor)
