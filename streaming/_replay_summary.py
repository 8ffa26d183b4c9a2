"""The counts of a replay, per venue and symbol, and their JSON."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from market.events import MarketEvent, Quarantined
from streaming.exchanges._interface import BookChecks, Decoded


class Counts(msgspec.Struct):
    """What became of the frames of one symbol, one venue, or all."""

    frames: int = 0
    events: Counter[str] = msgspec.field(default_factory=Counter)
    ignored: Counter[str] = msgspec.field(default_factory=Counter)
    gaps: int = 0
    checksum_ok: int = 0
    checksum_failed: int = 0
    quarantined: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, other: "Counts") -> None:
        """Add the counts of a part."""
        self.frames += other.frames
        self.events += other.events
        self.ignored += other.ignored
        self.gaps += other.gaps
        self.checksum_ok += other.checksum_ok
        self.checksum_failed += other.checksum_failed
        self.quarantined += other.quarantined

    def document(self) -> dict[str, Any]:
        """Return plain JSON, names sorted."""
        return {
            "frames": self.frames,
            "events": dict(sorted(self.events.items())),
            "ignored": dict(sorted(self.ignored.items())),
            "gaps": self.gaps,
            "checksum_ok": self.checksum_ok,
            "checksum_failed": self.checksum_failed,
            "quarantined": dict(sorted(self.quarantined.items())),
        }


class VenueSummary:
    """The counts of one venue; what is about no symbol is counted under the empty one."""

    def __init__(self) -> None:
        self.frames = 0
        self._symbols: dict[str, Counts] = {}

    def count_frame(self, symbols: set[str]) -> None:
        """Count one frame, for the venue and for each symbol that it is about."""
        self.frames += 1
        for symbol in symbols:
            self.of(symbol).frames += 1

    def count(self, decoded: Decoded) -> None:
        """Count what a frame was ignored as; events are counted where they are written."""
        symbol = decoded.symbol or ""
        if decoded.ignored is not None:
            self.of(symbol).ignored[decoded.ignored] += 1
        if decoded.stale:
            self.of(symbol).ignored["depth.stale"] += decoded.stale

    def count_event(self, event: MarketEvent) -> None:
        """Count an event by its kind, or a quarantined one by its reason."""
        if isinstance(event, Quarantined):
            self.of(event.symbol).quarantined[event.reason] += 1
        else:
            self.of(event.symbol).events[str(type(event).__struct_config__.tag)] += 1

    def count_checks(self, checks: Mapping[str, BookChecks]) -> None:
        """Add the counters of a session that has ended."""
        for symbol, check in checks.items():
            counts = self.of(symbol)
            counts.gaps += check.gaps
            counts.checksum_ok += check.checksum_ok
            counts.checksum_failed += check.checksum_failed

    def of(self, symbol: str) -> Counts:
        """Return the symbol's counts, new where there are none."""
        counts = self._symbols.get(symbol)
        if counts is None:
            counts = self._symbols[symbol] = Counts()
        return counts

    def total(self) -> Counts:
        """Return the venue's counts: the sum of its symbols, each frame once."""
        total = Counts()
        for counts in self._symbols.values():
            total.add(counts)
        total.frames = self.frames
        return total

    def document(self) -> dict[str, Any]:
        """Return the venue's part of the summary."""
        symbols = {symbol: counts.document() for symbol, counts in sorted(self._symbols.items()) if symbol}
        return {**self.total().document(), "symbols": symbols}


def summary_document(venues: Mapping[str, VenueSummary], problems: list[str]) -> dict[str, Any]:
    """Return the whole summary, as described in `streaming.replay`."""
    total = Counts()
    for summary in venues.values():
        total.add(summary.total())
    return {
        "venues": {venue: summary.document() for venue, summary in sorted(venues.items())},
        "total": total.document(),
        "problems": problems,
    }
