"""What every asset is given: settings, the clock, the database, and the files between steps."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from market.clock import Clock, SystemClock
from market.timeframes import open_time_of, timeframe_ns
from orchestration.settings import DagsterSettings
from runtime.postgres import Connection, connect
from runtime.settings import CoreSettings, load
from serving.evaluation import Decision, Evaluation
from serving.models._interface import Budget
from serving.series import BarSeries
from serving.training import Candidate

T = TypeVar("T")


class Verdict(msgspec.Struct, frozen=True):
    """An evaluation, and what the gate makes of it."""

    evaluation: Evaluation
    decision: Decision


@dataclass(frozen=True)
class Platform:
    """The world outside Dagster. Files of a symbol are overwritten by its next run, so they stay few."""

    core: CoreSettings
    own: DagsterSettings
    clock: Clock

    @property
    def venue(self) -> str:
        """The venue whose history is kept and trained on: the first one."""
        return self.core.venues[0]

    @property
    def budget(self) -> Budget:
        """The bounds of one training."""
        return Budget(self.own.training_epochs, self.own.training_seconds, self.own.seed)

    def connect(self) -> Connection:
        """Open an autocommit connection to the database."""
        return connect(self.core, autocommit=True, name="tidegate-dagster")

    def history_span(self) -> tuple[int, int]:
        """Return the history's first open time and the running minute, nanoseconds UTC, end exclusive."""
        end = open_time_of(self.clock.now_ns(), "1m")
        return end - self.own.history_days * timeframe_ns("1d"), end

    def save_series(self, symbol: str, series: BarSeries) -> None:
        """Keep a symbol's series for the steps that follow."""
        np.savez(self._file(symbol, "series.npz"), **series._asdict())

    def load_series(self, symbol: str) -> BarSeries:
        """Return the series that `save_series` kept."""
        with np.load(self._file(symbol, "series.npz"), allow_pickle=False) as columns:
            return BarSeries(**columns)

    def save_candidate(self, candidate: Candidate) -> None:
        """Keep a trained model for its evaluation."""
        self._write(candidate.symbol, f"{candidate.model}.candidate", candidate)

    def load_candidate(self, symbol: str, model: str) -> Candidate:
        """Return the candidate that `save_candidate` kept."""
        return self._read(symbol, f"{model}.candidate", Candidate)

    def save_verdict(self, symbol: str, model: str, verdict: Verdict) -> None:
        """Keep what was found about a candidate."""
        self._write(symbol, f"{model}.verdict", verdict)

    def load_verdict(self, symbol: str, model: str) -> Verdict:
        """Return the verdict that `save_verdict` kept."""
        return self._read(symbol, f"{model}.verdict", Verdict)

    def _write(self, symbol: str, name: str, value: msgspec.Struct) -> None:
        self._file(symbol, name).write_bytes(msgspec.msgpack.encode(value))

    def _read(self, symbol: str, name: str, kind: type[T]) -> T:
        return msgspec.msgpack.decode(self._file(symbol, name).read_bytes(), type=kind)

    def _file(self, symbol: str, name: str) -> Path:
        folder = self.core.data_dir / "training" / symbol.lower().translate(str.maketrans("/:", "--"))
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name


def load_platform() -> Platform:
    """Build the platform from the environment.

    Raises:
        runtime.errors.SettingsError: a setting is wrong.
    """
    return Platform(load(CoreSettings), load(DagsterSettings), SystemClock())
