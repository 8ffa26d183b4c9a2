"""What was odd in stored candles, though they can be used: counted, and told once by the commands."""

from enum import StrEnum

import msgspec


class Oddity(StrEnum):
    """Kinds of oddities."""

    GAPS = "gaps"
    DUPLICATES = "duplicates"
    UNSORTED = "unsorted"
    OFF_GRID = "off_grid"
    SENSELESS = "senseless"
    LATE_START = "late_start"
    EARLY_END = "early_end"


class Remark(msgspec.Struct, frozen=True):
    """One oddity of one table of candles.

    `source` is the file or table, `count` the number of candles (missing, doubled …), `text` says what,
    where, and what was done about it.
    """

    source: str
    oddity: Oddity
    count: int
    text: str

    def __str__(self) -> str:
        return f"{self.source}: {self.text}"
