"""The ways in which a test can break what the simulator sends."""

from enum import StrEnum

import msgspec


class FaultKind(StrEnum):
    """What to break."""

    DISCONNECT = "disconnect"
    GAP = "gap"
    BAD_CHECKSUM = "bad_checksum"
    GARBAGE = "garbage"
    CROSSED_BOOK = "crossed_book"
    NEGATIVE_PRICE = "negative_price"
    STALL = "stall"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault at one venue, in one symbol or (where the fault concerns a market) in all of them.

    `duration_s` is how long a stall lasts.
    """

    kind: FaultKind
    venue: str
    symbol: str | None = None
    duration_s: float = 5.0
