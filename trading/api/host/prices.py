"""What prices did since the host looked last: the range that stops and returns are judged on.

The first venue whose data is sound says it, in the order of the settings, so that a stop is watched
also while a venue is away or sends garbage. Where none is sound it is the first one: to watch a stop
on doubtful data is better than not to.
"""

from collections.abc import Collection, Sequence
from threading import Lock
from typing import NamedTuple, TypeAlias

from market.events import LiveFrame
from market.instruments import InstrumentId

SoundFeeds: TypeAlias = Collection[InstrumentId]
"""The instruments whose data may be traded on now."""


class Look(NamedTuple):
    """The range of the best bid since the look before, and where it is now."""

    low: float
    high: float
    last: float


class Prices:
    """The best bids of all venues: what a position could be sold for. Any thread may use it."""

    def __init__(self, venues: Sequence[str]) -> None:
        self._venues = tuple(venues)
        self._lock = Lock()
        self._looks: dict[InstrumentId, Look] = {}
        self._middles: dict[InstrumentId, float] = {}

    def take(self, frame: LiveFrame) -> None:
        """Take the present of one instrument; a book that is one-sided or crossed says nothing."""
        if frame.venue not in self._venues or not frame.bids or not frame.asks:
            return
        bid, ask = float(frame.bids[0][0]), float(frame.asks[0][0])
        if bid >= ask:
            return
        key = frame.instrument_id
        with self._lock:
            known = self._looks.get(key)
            low, high = (bid, bid) if known is None else (min(known.low, bid), max(known.high, bid))
            self._looks[key] = Look(low, high, bid)
            self._middles[key] = (bid + ask) / 2

    def middle(self, symbol: str, sound: SoundFeeds) -> float | None:
        """Return the mean of the best bid and ask."""
        with self._lock:
            return self._middles.get(self._chosen(symbol, sound))

    def looks(self, sound: SoundFeeds) -> dict[str, Look]:
        """Return the ranges by symbol and begin new ones at the present prices.

        A symbol without a new frame since the last call is left out.
        """
        with self._lock:
            seen, self._looks = self._looks, {}
        symbols = {key.symbol for key in seen}
        chosen = {symbol: self._chosen(symbol, sound) for symbol in symbols}
        return {symbol: seen[key] for symbol, key in chosen.items() if key in seen}

    def _chosen(self, symbol: str, sound: SoundFeeds) -> InstrumentId:
        keys = [InstrumentId(symbol, venue) for venue in self._venues]
        return next((key for key in keys if key in sound), keys[0])
