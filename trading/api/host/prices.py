"""What prices did since the host looked last: the range that stops and returns are judged on."""

from threading import Lock
from typing import NamedTuple

from market.events import LiveFrame


class Look(NamedTuple):
    """The range of the best bid since the look before, and where it is now."""

    low: float
    high: float
    last: float


class Prices:
    """The best bids of one venue: what a position could be sold for. Any thread may use it."""

    def __init__(self, venue: str) -> None:
        self._venue = venue
        self._lock = Lock()
        self._looks: dict[str, Look] = {}
        self._middles: dict[str, float] = {}

    def take(self, frame: LiveFrame) -> None:
        """Take the present of one instrument."""
        if frame.venue != self._venue or not frame.bids or not frame.asks:
            return
        bid, ask = float(frame.bids[0][0]), float(frame.asks[0][0])
        with self._lock:
            known = self._looks.get(frame.symbol)
            low, high = (bid, bid) if known is None else (min(known.low, bid), max(known.high, bid))
            self._looks[frame.symbol] = Look(low, high, bid)
            self._middles[frame.symbol] = (bid + ask) / 2

    def middle(self, symbol: str) -> float | None:
        """Return the mean of the best bid and ask."""
        with self._lock:
            return self._middles.get(symbol)

    def looks(self) -> dict[str, Look]:
        """Return the ranges by symbol and begin new ones at the present prices.

        A symbol without a new frame since the last call is left out.
        """
        with self._lock:
            seen, self._looks = self._looks, {}
        return seen
