"""The ledger's records: what the journal holds, and how it is written and read.

Everything the engine knows about money is a function of these records in order. A record is decided,
journaled, and only then applied; replaying them rebuilds the same state, to the last digit.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias

import msgspec

from trading.core.orders import Fill, OrderEvent, OrderIntent
from trading.core.views import TradingState
from trading.errors import JournalConflict, JournalCorrupt
from trading.ports import JournalEntry


class LedgerOpened(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="opened"):
    """The first record: the capital that the account starts with, in quote currency."""

    capital: Decimal
    currency: str
    mode: str
    ts: int


class TradingStateChanged(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="trading_state"):
    """An operator halted or resumed trading."""

    state: TradingState
    reason: str
    by: str
    ts: int


class StrategyStateChanged(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="strategy_state"):
    """A strategy was switched on or off, or failed with `error`."""

    strategy: str
    is_on: bool
    error: str | None
    ts: int


class EquityMarked(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="equity"):
    """A sample of the equity and the marks it was taken at.

    The day's start and the peak are taken from these samples alone, so that a replay agrees.
    """

    equity: Decimal
    marks: dict[str, Decimal]
    ts: int


Record: TypeAlias = (
    LedgerOpened | OrderIntent | OrderEvent | Fill | TradingStateChanged | StrategyStateChanged | EquityMarked
)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


def encode_record(seq: int, record: Record) -> JournalEntry:
    """Write a record as the journal entry number `seq`."""
    return JournalEntry(
        seq=seq,
        ts=record.ts,
        kind=str(type(record).__struct_config__.tag),
        client_order_id=getattr(record, "client_order_id", None),
        payload=_encoder.encode(record),
    )


def decode_record(entry: JournalEntry) -> Record:
    """Read a journal entry back.

    Raises:
        JournalCorrupt: the payload is not a record of this version.
    """
    try:
        record: Record = _decoder.decode(entry.payload)
    except msgspec.MsgspecError as error:
        raise JournalCorrupt(
            f"journal entry {entry.seq} ({entry.kind}) can't be read: {error}; "
            "it was written by another version of Tidegate"
        ) from error
    return record


class MemoryJournal:
    """A journal in memory; for backtests and tests."""

    def __init__(self, entries: Sequence[JournalEntry] = ()) -> None:
        self.entries: list[JournalEntry] = list(entries)

    def append(self, entries: Sequence[JournalEntry]) -> None:
        """Store all entries.

        Raises:
            JournalConflict: the numbers do not continue the journal.
        """
        for offset, entry in enumerate(entries, start=len(self.entries) + 1):
            if entry.seq != offset:
                raise JournalConflict(f"journal entry {entry.seq} where {offset} is due")
        self.entries.extend(entries)

    def replay(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """Yield the entries after `after_seq`, in order."""
        yield from self.entries[after_seq:]
