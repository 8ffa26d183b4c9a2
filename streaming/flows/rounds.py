"""A round: what one look into the log gave, and what the steps made of it.

Each step fills its part and hands the round on; a round belongs to one dataflow and one thread.
"""

from typing import NamedTuple, TypeAlias

import msgspec

from market.events import Bar, LiveFrame, MarketEvent, Quality, Quarantined
from runtime.event_log import Record

PartitionKey: TypeAlias = tuple[str, int]
"""A topic's name and a partition."""


class Position(NamedTuple):
    """Where a partition stands: the offset to read next, and the one to begin again from."""

    next_offset: int
    replay_offset: int


class Received(msgspec.Struct):
    """One batch of the log. `is_replay` marks one whose results were committed before a restart."""

    topic: str
    partition: int
    offset: int
    sender: str
    sequence: int
    watermark: int
    events: list[MarketEvent]
    is_replay: bool = False
    has_gap: bool = False
    """Whether the sender's batches before this one are missing."""


class Refused(NamedTuple):
    """Something for the quarantine table; `position` is its identity. `is_ours`: refused here."""

    event: Quarantined
    position: str
    is_ours: bool


class Round(msgspec.Struct):
    """One look into the log at `now_ns`, and everything that followed from it."""

    now_ns: int
    records: list[Record] = []
    positions: dict[PartitionKey, Position] = {}
    batches: list[Received] = []
    refused: list[Refused] = []
    frames: list[LiveFrame] = []
    bars: list[Bar] = []
    states: dict[PartitionKey, bytes] = {}
    quality: list[Quality] = []
