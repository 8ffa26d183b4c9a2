"""What the supervisor decides for its processes and tells them by their environment."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from runtime.errors import SettingsError
from runtime.settings import CoreSettings

ROOT = Path(__file__).resolve().parents[2]
DESCRIBE_TIMEOUT_S = 60
CURRENCY = "TIDEGATE_TRADING_CURRENCY"
"""The account's currency: a setting of the trading service that decides what can be followed."""

FILE_SUFFIXES = frozenset({".zst", ".gz", ".jsonl", ".json", ".ndjson", ".txt", ".log", ".0"})
"""What says the format of a recording's file and not its name; cryptofeed ends its files with `.0`."""

QUIET_LIBRARIES: Mapping[str, str] = {
    "PYTHONUNBUFFERED": "1",
    "BENTOML_DO_NOT_TRACK": "True",
    # Spinning OpenMP threads of one process starve all the others on a small machine.
    "OMP_WAIT_POLICY": "PASSIVE",
    "OMP_NUM_THREADS": "1",
}


class Description(msgspec.Struct, frozen=True):
    """What a recording holds, and in words what of it can't be followed."""

    venues: tuple[str, ...]
    symbols: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def recording_data_dir(recording: Path, data_dir: Path) -> Path:
    """Return the folder of a recording's own ledger and bars: `<data_dir>/recordings/<its name>`."""
    name = recording
    while not recording.is_dir() and name.suffix in FILE_SUFFIXES:
        name = name.with_suffix("")
    return data_dir / "recordings" / (name.name or "recording")


def process_environment(settings: CoreSettings) -> dict[str, str]:
    """Return the environment of every process: ours, with the settings as they were decided."""
    decided = {
        "TIDEGATE_DATA_DIR": str(settings.data_dir),
        "TIDEGATE_PORT_BASE": str(settings.port_base),
        "TIDEGATE_EVENT_LOG": settings.event_log,
        "TIDEGATE_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "TIDEGATE_VENUES": ",".join(settings.venues),
        "TIDEGATE_SYMBOLS": ",".join(settings.symbols),
        "TIDEGATE_SIMULATOR_URL": settings.simulator_url or "",
        "TIDEGATE_RECORDING": str(settings.recording or ""),
    }
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**QUIET_LIBRARIES, **os.environ, **decided, "PYTHONPATH": path}


def describe_recording(recording: Path, settings: CoreSettings) -> Description:
    """Ask the simulator which venues and symbols a recording holds.

    Raises:
        SettingsError: the recording can't be read; the message is the simulator's own.
    """
    command = [sys.executable, "-m", "simulator", "--describe", str(recording)]
    if currency := os.environ.get(CURRENCY):
        command += ["--currency", currency]
    try:
        answer = subprocess.run(  # noqa: S603  (our own module)
            command,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=process_environment(settings),
            timeout=DESCRIBE_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SettingsError(f"reading the recording {recording} takes too long") from None
    if answer.returncode != 0:
        words = [line for line in answer.stderr.splitlines() if line.strip()] or ["it says nothing"]
        raise SettingsError(f"the recording {recording}: {words[-1].removeprefix('error: ')}")
    try:
        document = json.loads(answer.stdout)
        description = msgspec.convert(document, Description)
    except (ValueError, msgspec.ValidationError) as error:
        raise SettingsError(f"the recording {recording} can't be described: {error}") from error
    if not description.venues or not description.symbols:
        raise SettingsError(f"the recording {recording} holds no venue that Tidegate knows")
    return description
