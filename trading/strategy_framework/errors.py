"""Errors of the strategy framework.

StrategyError
├── StrategyLoadFailed   a file that can't become a strategy: which line, what is missing
└── StrategyFailed       a loaded strategy that raised, or returned something unusable
"""

from pathlib import Path


class StrategyError(Exception):
    """Root of this package's failures; the message says what to do."""

    code = "strategy.error"


class StrategyLoadFailed(StrategyError):
    """A strategy file that can't be used as it is."""

    code = "strategy.load_failed"

    def __init__(self, path: Path, problem: str, *, line: int | None = None) -> None:
        where = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{where}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class StrategyFailed(StrategyError):
    """A strategy that raised or broke its contract while it ran."""

    code = "strategy.failed"
