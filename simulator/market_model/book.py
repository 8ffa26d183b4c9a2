"""A book that lives around the quoted prices: whole steps of price and size, no I/O.

Levels sit at irregular prices, one in each slot of a grid as wide as half a spread or more. When the
quote moves, levels that it crosses vanish and new ones appear behind it.
"""

from heapq import nlargest, nsmallest
from random import Random
from typing import NamedTuple

from simulator.market_model.listings import Listing

LEVELS_PER_SIDE = 120
_GRID_BPS = 0.6


class BookChange(NamedTuple):
    """Levels that changed together, as (price, size) in steps; size 0 deletes.

    `top` is (bid, bid size, ask, ask size) when the best level of either side changed, else nothing.
    """

    ts_ns: int
    sequence: int
    bids: dict[int, int]
    asks: dict[int, int]
    top: tuple[int, int, int, int] | None


class LiveBook:
    """Bids and asks of one listing. `sequence` counts changes and never goes back."""

    def __init__(self, listing: Listing, rng: Random, sequence: int) -> None:
        self.sequence = sequence
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}
        self._rng = rng
        self._bid = self._ask = 0
        self._top: tuple[int, int, int, int] = (0, 0, 0, 0)
        tick = 10.0**-listing.price_decimals
        self._grid = max(2, round(listing.profile.price * _GRID_BPS / 1e4 / tick))
        self._lots = listing.terms.depth * listing.profile.trade_notional * 10.0**listing.size_decimals
        self._lots /= listing.profile.price

    @property
    def top(self) -> tuple[int, int, int, int]:
        """Best bid, its size, best ask, its size."""
        return self._top

    def best_bids(self, depth: int) -> list[tuple[int, int]]:
        """The `depth` highest bids, best first."""
        return [(price, self.bids[price]) for price in nlargest(depth, self.bids)]

    def best_asks(self, depth: int) -> list[tuple[int, int]]:
        """The `depth` lowest asks, best first."""
        return [(price, self.asks[price]) for price in nsmallest(depth, self.asks)]

    def quote(self, bid: int, ask: int, ts_ns: int, *, touches: int = 2) -> BookChange | None:
        """Move the top to `bid` and `ask`, refill behind it, and touch some resting levels."""
        bids, asks = self._moved(self.bids, bid, ask, -1), self._moved(self.asks, ask, bid, 1)
        self._bid, self._ask = bid, ask
        for _ in range(touches):
            side, changes = (self.bids, bids) if self._rng.random() < 0.5 else (self.asks, asks)
            price = self._some_level(side)
            if price not in changes:
                changes[price] = side[price] = self._size()
        return self._change(bids, asks, ts_ns)

    def ensure(self, *, is_ask: bool, size: int, ts_ns: int) -> BookChange | None:
        """Make the best ask (or bid) hold at least `size`, as an order that arrives just in time."""
        side, price = (self.asks, self._ask) if is_ask else (self.bids, self._bid)
        if side[price] >= size:
            return None
        side[price] = size + self._size()
        changes = {price: side[price]}
        return self._change({} if is_ask else changes, changes if is_ask else {}, ts_ns)

    def take(self, *, is_ask: bool, size: int, ts_ns: int) -> BookChange | None:
        """Remove `size` from the best ask (or bid): what a trade has consumed."""
        side, price = (self.asks, self._ask) if is_ask else (self.bids, self._bid)
        left = side[price] - size
        if left > 0:
            side[price] = left
        else:
            del side[price]
        changes = {price: left}
        return self._change({} if is_ask else changes, changes if is_ask else {}, ts_ns)

    def _moved(self, side: dict[int, int], price: int, opposite: int, outward: int) -> dict[int, int]:
        """Delete what lies before `price`, then fill the grid behind it to its depth."""
        changes = {level: 0 for level in side if (level - price) * outward < 0 or level == opposite}
        for level in changes:
            del side[level]
        if price not in side:
            changes[price] = side[price] = self._size()
        slots = {level // self._grid for level in side}
        slot = price // self._grid
        for step in range(1, LEVELS_PER_SIDE):
            wanted = slot + step * outward
            if wanted not in slots and wanted > 0:
                level = wanted * self._grid + self._rng.randrange(self._grid)
                changes[level] = side[level] = self._size(step)
        for level in [level for level in side if abs(level // self._grid - slot) > LEVELS_PER_SIDE + 8]:
            changes[level] = 0
            del side[level]
        return changes

    def _some_level(self, side: dict[int, int]) -> int:
        """Pick a level, mostly one near the top."""
        best = self._bid if side is self.bids else self._ask
        if self._rng.random() < 0.4 and best in side:
            return best
        levels = list(side)
        near = sorted(self._rng.choices(levels, k=4), key=lambda level: abs(level - best))
        return near[0]

    def _size(self, step: int = 1) -> int:
        depth = 1.0 + min(step, 40) / 10.0
        return max(1, int(self._lots * depth * self._rng.expovariate(1.0) ** 1.3))

    def _change(self, bids: dict[int, int], asks: dict[int, int], ts_ns: int) -> BookChange | None:
        if not bids and not asks:
            return None
        self.sequence += 1
        best_bid, best_ask = max(self.bids), min(self.asks)
        top = (best_bid, self.bids[best_bid], best_ask, self.asks[best_ask])
        is_new, self._top = top != self._top, top
        return BookChange(ts_ns, self.sequence, bids, asks, top if is_new else None)
