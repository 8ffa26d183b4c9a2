"""Step 5: the health of each feed, once a second: the input of the gate before trading.

A gap, a bad checksum, a crossed book or a burst of refusals degrades an instrument until it has been
clean for a while, and for as long as its book is not back; silence makes it stale.
"""

from collections import deque
from collections.abc import Iterable
from statistics import median

import msgspec

from market.clock import NS_PER_MS, NS_PER_S
from market.events import FeedState, FeedStatus, Quality, QualityState, Quarantined
from market.instruments import InstrumentId
from market.topics import BARS, QUARANTINE
from streaming.flows.rounds import Received, Round

LAGS_MAX = 256
"""So many lags of a second make its median."""

BURST_WINDOW_NS = 60 * NS_PER_S
DEGRADING_REASONS = ("book.crossed", "book.bad_checksum", "book.sequence_gap", "data.crossed_book")


class QualityLimits(msgspec.Struct, frozen=True, kw_only=True):
    """When a feed is stale, for how long it must be clean, how many refusals are a burst."""

    stale_ns: int = 5 * NS_PER_S
    clean_ns: int = 60 * NS_PER_S
    burst: int = 5


class _Feed:
    """What happened to one instrument lately."""

    __slots__ = (
        "degraded_ns", "gaps", "is_down", "is_resyncing", "lags", "last_ts", "quarantined", "reason",
        "recent_refusals", "state", "ts_event", "updates",
    )  # fmt: skip

    def __init__(self, burst: int) -> None:
        self.state: QualityState | None = None
        self.reason = ""
        self.degraded_ns = 0
        self.is_down = self.is_resyncing = False
        self.last_ts = self.ts_event = 0
        self.lags: list[int] = []
        self.updates = self.gaps = self.quarantined = 0
        self.recent_refusals: deque[int] = deque(maxlen=burst)

    def degrade(self, now_ns: int, reason: str) -> None:
        self.degraded_ns, self.reason = now_ns, reason


class FeedQuality:
    """Judge every instrument's feed."""

    def __init__(self, limits: QualityLimits, instruments: Iterable[InstrumentId] = ()) -> None:
        """Take the limits, and the instruments that are expected (stale until they are heard)."""
        self._limits = limits
        self._feeds = {instrument_id: _Feed(limits.burst) for instrument_id in instruments}
        self._reported_ns = 0

    def __call__(self, round_: Round) -> Round:
        """Fill `quality`: every feed once a second, and at once those whose state changed."""
        for batch in round_.batches:
            if batch.topic not in (BARS.name, QUARANTINE.name):
                self._see(batch, round_.now_ns)
        for refused in round_.refused:
            self._see_refused(refused.event, round_.now_ns)
        elapsed_ns = round_.now_ns - self._reported_ns
        is_due = elapsed_ns >= NS_PER_S
        for instrument_id, feed in self._feeds.items():
            state, reason = self._judge(feed, round_.now_ns)
            if is_due or state is not feed.state:
                round_.quality.append(_report(instrument_id, feed, state, reason, round_.now_ns, elapsed_ns))
                feed.state = state
        if is_due:
            self._reported_ns = round_.now_ns
            for feed in self._feeds.values():
                feed.updates, feed.lags = 0, []
        return round_

    def _feed(self, instrument_id: InstrumentId) -> _Feed:
        found = self._feeds.get(instrument_id)
        if found is None:
            found = self._feeds[instrument_id] = _Feed(self._limits.burst)
        return found

    def _see(self, batch: Received, now_ns: int) -> None:
        for event in batch.events:
            feed = self._feed(event.instrument_id)
            if isinstance(event, FeedStatus):
                _see_status(feed, event)
                continue
            feed.updates += 1
            feed.last_ts = max(feed.last_ts, event.ts_init)
            feed.ts_event = max(feed.ts_event, event.ts_event)
            if len(feed.lags) < LAGS_MAX:
                feed.lags.append(event.ts_init - event.ts_event)
        if batch.has_gap:
            for event in batch.events:
                self._feed(event.instrument_id).degrade(now_ns, "records of the feed are missing")

    def _see_refused(self, event: Quarantined, now_ns: int) -> None:
        if not event.symbol:
            return
        feed = self._feed(event.instrument_id)
        feed.quarantined += 1
        feed.recent_refusals.append(now_ns)
        if event.reason in DEGRADING_REASONS:
            feed.degrade(now_ns, event.reason)
        elif len(feed.recent_refusals) == self._limits.burst and (
            now_ns - feed.recent_refusals[0] <= BURST_WINDOW_NS
        ):
            feed.degrade(now_ns, f"{self._limits.burst} refusals within a minute: {event.reason}")

    def _judge(self, feed: _Feed, now_ns: int) -> tuple[QualityState, str]:
        if not feed.last_ts:
            return QualityState.STALE, "nothing received yet"
        silence_ns = now_ns - feed.last_ts
        if silence_ns > self._limits.stale_ns:
            return QualityState.STALE, f"no update for {silence_ns // NS_PER_S} s"
        if feed.is_down:
            return QualityState.STALE, feed.reason
        if feed.is_resyncing:
            return QualityState.DEGRADED, feed.reason
        if feed.degraded_ns and now_ns - feed.degraded_ns < self._limits.clean_ns:
            return QualityState.DEGRADED, feed.reason
        return QualityState.OK, ""


def _see_status(feed: _Feed, status: FeedStatus) -> None:
    """Take a change of the feed; the same one comes with trades and with books and counts once."""
    if status.state is FeedState.LIVE:
        feed.is_down = feed.is_resyncing = False
        return
    is_repetition = feed.reason == status.reason and feed.degraded_ns == status.ts_init
    feed.is_down = status.state is FeedState.DOWN
    feed.is_resyncing = status.state is FeedState.RESYNC
    if not is_repetition:
        feed.gaps += 1
        feed.degrade(status.ts_init, status.reason)


def _report(
    instrument_id: InstrumentId, feed: _Feed, state: QualityState, reason: str, now_ns: int, elapsed_ns: int
) -> Quality:
    return Quality(
        venue=instrument_id.venue,
        symbol=instrument_id.symbol,
        ts_event=feed.ts_event or now_ns,
        ts_init=now_ns,
        state=state,
        reason=reason,
        lag_ms=median(feed.lags) / NS_PER_MS if feed.lags else 0.0,
        updates_per_s=feed.updates * NS_PER_S / min(max(elapsed_ns, 1), 10 * NS_PER_S),
        gaps=feed.gaps,
        quarantined=feed.quarantined,
    )
