"""What the supervisor tells: one line a process, kept in `run/status.json` for `tidegate status`."""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from runtime.settings import CoreSettings
from runtime.supervisor import lock
from runtime.supervisor.child import State


class ProcessStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One process as it is now."""

    name: str
    purpose: str
    state: State
    ports: tuple[int, ...]
    pid: int | None
    restarts: int
    uptime_s: float
    reason: str


class SystemStatus(msgspec.Struct, frozen=True, kw_only=True):
    """All processes as they are now."""

    version: str
    dashboard: str
    data_dir: str
    supervisor_pid: int
    is_stopping: bool
    processes: tuple[ProcessStatus, ...]

    @property
    def is_ready(self) -> bool:
        """Whether every process does its work."""
        return all(process.state is State.READY for process in self.processes)


def write(status: SystemStatus, run_dir: Path) -> None:
    """Replace the status file in one step, so that a reader never sees half of it."""
    new = run_dir / "status.json.new"
    new.write_bytes(msgspec.json.format(msgspec.json.encode(status), indent=2) + b"\n")
    new.replace(run_dir / "status.json")


def read(run_dir: Path) -> SystemStatus | None:
    """Return the status of the supervisor that runs on this data folder, or nothing when none does."""
    if lock.holder(run_dir) is None:
        return None
    try:
        return msgspec.json.decode((run_dir / "status.json").read_bytes(), type=SystemStatus)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def where_it_runs(settings: CoreSettings) -> CoreSettings:
    """Return the settings with the ports of the Tidegate that runs on their data folder, if one does."""
    current = read(settings.data_dir / "run")
    port = None if current is None else urlsplit(current.dashboard).port
    return settings if port is None else settings.model_copy(update={"port_base": port})
