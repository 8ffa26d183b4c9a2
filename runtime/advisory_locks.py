"""The keys of PostgreSQL's advisory locks, in one place: they share one namespace per database."""

from enum import IntEnum


class AdvisoryLock(IntEnum):
    """What only one process at a time may do."""

    MIGRATE = 7_431_001
    WRITE_FLOW = 7_431_002
    WRITE_JOURNAL = 7_431_003
