"""A candle with the signals that may be traded on at its open."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

Direction = Literal["long", "short"]


class Candle(msgspec.Struct):
    """One candle of a pair; `time` is its open, aware UTC.

    The signals and tags were given by the candle before it. A signal is 0, 1, or 2 for a mark that
    counts as true without being 1. A detail candle carries the signals of the candle it is part of.
    """

    time: datetime
    open: float
    high: float
    low: float
    close: float
    enter_long: int = 0
    exit_long: int = 0
    enter_short: int = 0
    exit_short: int = 0
    enter_tag: Any = None
    exit_tag: Any = None


class ExitKind(StrEnum):
    """Why a position is left; the value is the reason that a trade records."""

    ROI = "roi"
    STOP_LOSS = "stop_loss"
    TRAILING_STOP_LOSS = "trailing_stop_loss"
    LIQUIDATION = "liquidation"
    EXIT_SIGNAL = "exit_signal"
    CUSTOM_EXIT = "custom_exit"
    PARTIAL_EXIT = "partial_exit"
    FORCE_EXIT = "force_exit"


class Exit(msgspec.Struct, frozen=True):
    """A reason to leave a position; `reason` is the kind's own unless the strategy named one."""

    kind: ExitKind
    reason: str


def exit_for(kind: ExitKind, reason: str = "") -> Exit:
    """Return an exit whose reason is `reason`, or else the kind's value."""
    return Exit(kind, reason or kind.value)
