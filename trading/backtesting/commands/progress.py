"""A progress bar for people: on a terminal, and only when a run takes longer than a moment."""

import sys
from time import perf_counter
from types import TracebackType
from typing import Any, Self

APPEARS_AFTER_S = 0.7
REDRAWN_EVERY_S = 0.1
_PHASES = {"load": "Reading candles", "analyze": "Computing indicators", "trade": "Trading"}


class ProgressBar:
    """Takes steps of phases; draws nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._began = perf_counter()
        self._drawn = 0.0
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Show `done` of `total` steps of a phase."""
        if not self._is_shown:
            return
        now = perf_counter()
        if now - self._began < APPEARS_AFTER_S or (now - self._drawn < REDRAWN_EVERY_S and done < total):
            return
        self._drawn = now
        if self._bar is None:
            self._bar = _bar()
        if phase not in self._tasks:
            self._tasks[phase] = self._bar.add_task(_PHASES.get(phase, phase), total=total)
        self._bar.update(self._tasks[phase], completed=done, total=total, refresh=True)


def _bar() -> Any:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    bar = Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # else a thread of its own draws: one that copies of this process would lack
    )
    bar.start()
    return bar
