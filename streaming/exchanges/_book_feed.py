"""One symbol's book on one connection: from the first delta over its snapshot to live, and back.

    WAITING ──snapshot──▶ LIVE ──gap, bad checksum, crossed──▶ WAITING
       └──no snapshot will come──▶ UNANCHORED ──snapshot──▶ LIVE

Every published delta says in `first_sequence` which sequence it continues: that of what was
published before it, plus one. Venues number differently; their sessions translate to this one rule.
"""

from collections.abc import Callable
from enum import Enum, auto

from market.clock import NS_PER_S
from market.events import (
    RAW_BYTES_MAX,
    BookDelta,
    BookSnapshot,
    FeedState,
    FeedStatus,
    MarketEvent,
    Quarantined,
)
from market.order_book import OrderBook
from streaming.exchanges._interface import Action, BookChecks, Decoded, Reconnect

BUFFER_MAX = 5_000
"""Deltas kept while the snapshot is on its way; 100 ms apart, over eight minutes."""

STALE_SNAPSHOTS_MAX = 5
"""After so many snapshots that were too old in a row, connect anew instead of asking on and on."""


RESYNC_NS_MAX = 60 * NS_PER_S
"""A book that was asked for anew and did not come for so long will not come on this connection."""


class _Phase(Enum):
    WAITING = auto()
    LIVE = auto()
    UNANCHORED = auto()


class BookFeed:
    """Check, buffer and publish the book events of one symbol.

    `resync` gives the action that brings a new snapshot. With `buffers`, deltas wait for a
    snapshot that comes by another way (REST); without, the snapshot comes in the same stream and
    what precedes it is of no use: only the delta that showed the need is kept, for
    `on_unavailable`. `depth` is the number of levels that the venue keeps up to date.
    """

    def __init__(
        self,
        venue: str,
        symbol: str,
        resync: Callable[[], Action],
        *,
        buffers: bool,
        depth: int | None = None,
    ) -> None:
        self.checks = BookChecks()
        self.book = OrderBook()
        self._venue = venue
        self._symbol = symbol
        self._resync = resync
        self._buffers = buffers
        self._depth = depth
        self._phase = _Phase.WAITING
        self._waiting: list[BookDelta] = []
        self._has_asked = False
        self._bridges = False
        self._was_live = False
        self._lost_ns = 0
        self._stale_snapshots = 0

    @property
    def is_live(self) -> bool:
        """Whether the book is whole and up to date."""
        return self._phase is _Phase.LIVE

    def is_overdue(self, now_ns: int) -> bool:
        """Whether the book was live and has been waited for in vain, up to `now_ns`."""
        return self._phase is _Phase.WAITING and self._was_live and now_ns - self._lost_ns > RESYNC_NS_MAX

    @property
    def next_sequence(self) -> int:
        """The sequence after the last one published; for venues that number nothing."""
        return self.book.sequence + 1

    def on_snapshot(
        self, snapshot: BookSnapshot, frame: bytes, is_valid: Callable[[OrderBook], bool] | None = None
    ) -> Decoded:
        """Take a whole book, then the deltas that waited for it."""
        stale = 0
        if not self._buffers:
            stale, self._waiting = len(self._waiting), []
        if self._waiting and self._waiting[0].first_sequence > snapshot.sequence + 1:
            # The snapshot ends before the first delta we have: only a newer one can join.
            self._stale_snapshots += 1
            has_patience = self._stale_snapshots % STALE_SNAPSHOTS_MAX
            action = self._resync() if has_patience else Reconnect("depth_snapshot.stale")
            return Decoded(ignored="depth_snapshot.stale", actions=[action], symbol=self._symbol)
        self.book.replace(snapshot)
        if reason := self._refusal(is_valid):
            return self._lose(reason, snapshot, frame)
        self._phase, self._bridges, self._has_asked = _Phase.LIVE, True, False
        waiting, self._waiting = self._waiting, []
        events: list[MarketEvent] = [snapshot]
        actions: list[Action] = []
        quarantined: list[Quarantined] = []
        for delta in waiting:
            decoded = self.on_delta(delta, frame)
            events += decoded.events
            actions += decoded.actions
            quarantined += decoded.quarantined
            stale += decoded.ignored is not None
        if self._phase is _Phase.LIVE:
            events.append(self._status(FeedState.LIVE, self._live_reason(), snapshot))
        return Decoded(events, None, actions, quarantined, self._symbol, stale)

    def on_delta(
        self, delta: BookDelta, frame: bytes, is_valid: Callable[[OrderBook], bool] | None = None
    ) -> Decoded:
        """Take changed levels: publish them, keep them for later, or tell why not."""
        if self._phase is _Phase.WAITING:
            return self._wait(delta, frame)
        sequence = self.book.sequence
        if delta.sequence <= sequence:
            return Decoded(ignored="depth.stale", symbol=self._symbol)
        bridges = self._bridges and delta.first_sequence <= sequence + 1
        if delta.first_sequence != sequence + 1 and not bridges:
            return self._gap(delta)
        self._bridges = False
        if self._phase is _Phase.UNANCHORED:
            self.book.sequence = delta.sequence
            return Decoded([delta])
        self.book.apply(delta)
        if self._depth is not None:
            delta = self._truncated(delta, self._depth)
        if reason := self._refusal(is_valid):
            return self._lose(reason, delta, frame)
        return Decoded([delta])

    def lose(self, reason: str, at: BookDelta | BookSnapshot | None, ts_init: int) -> Decoded:
        """Give the book up because a frame that belongs to it could not be used."""
        if self._phase is not _Phase.LIVE:
            return Decoded()
        ts_event = at.ts_event if at else ts_init
        self._phase, self._has_asked, self._lost_ns = _Phase.WAITING, True, ts_init
        return Decoded([self._status_at(FeedState.RESYNC, reason, ts_event, ts_init)], None, [self._resync()])

    def on_unavailable(self) -> Decoded:
        """Go on without a snapshot: publish what waited, checked by its sequence alone."""
        if self._phase is not _Phase.WAITING:
            return Decoded()
        waiting, self._waiting = self._waiting, []
        self._phase, self._bridges = _Phase.UNANCHORED, False
        events: list[MarketEvent] = []
        for delta in waiting:
            if not events:
                self.book.sequence = delta.first_sequence - 1
            events += self.on_delta(delta, b"").events
        # Nothing waited: the next delta has nothing to continue, whatever its number.
        self._bridges = not events
        return Decoded(events)

    def _wait(self, delta: BookDelta, frame: bytes) -> Decoded:
        actions: list[Action] = []
        if not self._has_asked:
            self._has_asked = True
            actions.append(self._resync())
        if not self._buffers and not actions:
            return Decoded(ignored="book.awaiting_snapshot", symbol=self._symbol)
        quarantined = []
        if len(self._waiting) >= BUFFER_MAX:
            detail = (
                f"{len(self._waiting)} deltas waited in vain for a snapshot; the last of them is kept here"
            )
            quarantined.append(self._quarantine("book.sequence_gap", detail, delta, frame))
            self._waiting.clear()
        self._waiting.append(delta)
        return Decoded(actions=actions, quarantined=quarantined, symbol=self._symbol)

    def _gap(self, delta: BookDelta) -> Decoded:
        if self._phase is _Phase.UNANCHORED:
            is_first = self._bridges
            self._bridges = False
            self.book.sequence = delta.sequence
            if is_first:
                return Decoded([delta])
            self.checks.gaps += 1
            return Decoded([self._status(FeedState.RESYNC, "book.sequence_gap", delta), delta])
        self.checks.gaps += 1
        lost = self.lose("book.sequence_gap", delta, delta.ts_init)
        self._waiting = [delta]
        return lost._replace(symbol=self._symbol)

    def _lose(self, reason: str, at: BookDelta | BookSnapshot, frame: bytes) -> Decoded:
        """Give the book up because of what it became: that event is refused, not published."""
        detail = f"after update {at.sequence} of {self._symbol}"
        self._phase, self._has_asked, self._lost_ns = _Phase.WAITING, True, at.ts_init
        return Decoded(
            [self._status(FeedState.RESYNC, reason, at)],
            None,
            [self._resync()],
            [self._quarantine(reason, detail, at, frame)],
            self._symbol,
        )

    def _refusal(self, is_valid: Callable[[OrderBook], bool] | None) -> str | None:
        if is_valid is not None:
            if not is_valid(self.book):
                self.checks.checksum_failed += 1
                return "book.bad_checksum"
            self.checks.checksum_ok += 1
        return "book.crossed" if self.book.is_crossed else None

    def _truncated(self, delta: BookDelta, depth: int) -> BookDelta:
        """Add to the delta the levels that fell out of the venue's depth: it never deletes them."""
        bids, asks = self.book.truncate(depth)
        if not bids and not asks:
            return delta
        return BookDelta(
            venue=delta.venue,
            symbol=delta.symbol,
            ts_event=delta.ts_event,
            ts_init=delta.ts_init,
            first_sequence=delta.first_sequence,
            sequence=delta.sequence,
            bids=[*delta.bids, *((price, price - price) for price in bids)],
            asks=[*delta.asks, *((price, price - price) for price in asks)],
        )

    def _live_reason(self) -> str:
        reason = "book.resynced" if self._was_live else "connected"
        self._was_live = True
        return reason

    def _status(self, state: FeedState, reason: str, at: BookDelta | BookSnapshot) -> FeedStatus:
        return self._status_at(state, reason, at.ts_event, at.ts_init)

    def _status_at(self, state: FeedState, reason: str, ts_event: int, ts_init: int) -> FeedStatus:
        return FeedStatus(
            venue=self._venue,
            symbol=self._symbol,
            ts_event=ts_event,
            ts_init=ts_init,
            state=state,
            reason=reason,
        )

    def _quarantine(
        self, reason: str, detail: str, at: BookDelta | BookSnapshot, frame: bytes
    ) -> Quarantined:
        return Quarantined(
            venue=self._venue,
            symbol=self._symbol,
            ts_event=at.ts_event,
            ts_init=at.ts_init,
            reason=reason,
            detail=detail,
            raw=frame[:RAW_BYTES_MAX],
        )
