"""The trades of any minute, computed from nothing but the seed and the minute.

Trades come in bursts: each belongs to a parent at some second of the minute, follows it within
about a second and mostly takes its side, and a parent mostly buys before the price rises. The
number of trades since the epoch is a smooth function of time, so that trade ids have no gap.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.market_model.listings import Listing
from simulator.market_model.noise import Floats, Ints, key_of, tent, uniform
from simulator.market_model.price_path import MINUTE_NS, PricePath

_BURST = 5  # trades per parent
_PARENTS_MAX = 1 << 20
_LAST_NS = MINUTE_NS - 1_000_000
_FORESIGHT_NS = 1_500_000_000  # a burst knows the price that much ahead …
_WRONG = 0.28  # … and errs this often
_AGAINST = 0.12  # trades that go against their burst
_BURST_WAIT_NS = 0.4e9
_ACTIVITY_SCALES = (2, 5, 9)  # minutes, as powers of two
_ACTIVITY_SWING = 0.28


class Print(NamedTuple):
    """One trade; price and size in steps."""

    ts_ns: int
    trade_id: int
    price: int
    size: int
    is_buy: bool


class Trades(NamedTuple):
    """Columns of equal length, in order of time; `minute` numbers minutes since the epoch."""

    minute: Ints
    trade_id: Ints
    ts_ns: Ints
    price: Ints
    size: Ints
    is_buy: np.typing.NDArray[np.bool_]

    def first(self, count: int) -> "Trades":
        """Keep the first `count` trades."""
        columns: list[Any] = [column[:count] for column in self]
        return Trades(*columns)

    def prints(self, newest: int = 0) -> list[Print]:
        """Return the trades one by one, or only the `newest` of them."""
        columns = (self.ts_ns, self.trade_id, self.price, self.size, self.is_buy)
        rows: list[Any] = [column[-newest:].tolist() for column in columns]
        return [Print(*row) for row in zip(*rows, strict=True)]

    def then(self, other: "Trades") -> "Trades":
        """Append later trades."""
        columns: list[Any] = [np.append(*pair) for pair in zip(self, other, strict=True)]
        return Trades(*columns)


class Tape:
    """All trades of one listing, past and to come. `trades_per_minute` is the long-run mean."""

    def __init__(self, seed: int, listing: Listing, trades_per_minute: float) -> None:
        self.listing = listing
        self.path = PricePath(seed, listing)
        self._rate = max(trades_per_minute - 1.0, 0.5)
        self._key = key_of(seed, listing.symbol, listing.venue, "tape")
        self._tick = 10.0**-listing.price_decimals
        self._lots_per_unit = 10.0**listing.size_decimals
        self._half_spread = listing.terms.spread_bps / 2e4

    def trades(self, first_minute: int, end_minute: int) -> Trades:
        """Return the trades of the minutes [first_minute, end_minute)."""
        minutes = np.arange(first_minute, end_minute + 1)
        before = self._count_before(minutes)
        counts = np.diff(before)
        minute = np.repeat(minutes[:-1], counts)
        trade_id = np.arange(before[0], before[-1])
        parent_ns, parent_buys, chosen = self._parents(minutes[:-1], counts, trade_id)
        wait = -np.log1p(-uniform(self._key + 2, trade_id)) * _BURST_WAIT_NS
        opened = minute * MINUTE_NS
        ts_ns = np.minimum(parent_ns[chosen] - opened + wait.astype(np.int64), _LAST_NS) + opened
        is_buy = parent_buys[chosen] ^ (uniform(self._key + 5, trade_id) < _AGAINST)
        order = np.argsort(ts_ns, kind="stable")
        ts_ns, is_buy = ts_ns[order], is_buy[order]
        mid = self.path.at(ts_ns)
        bid, ask = self.quote(mid)
        return Trades(minute, trade_id, ts_ns, np.where(is_buy, ask, bid), self._sizes(trade_id, mid), is_buy)

    def quote(self, mid: Floats) -> tuple[Ints, Ints]:
        """Return best bid and ask around each mid, in ticks; at least one tick apart."""
        bid = np.floor(mid * (1.0 - self._half_spread) / self._tick).astype(np.int64)
        ask = np.ceil(mid * (1.0 + self._half_spread) / self._tick).astype(np.int64)
        return bid, np.maximum(ask, bid + 1)

    def _count_before(self, minute: Ints) -> Ints:
        """Number the trades before each minute: rises by one at least from minute to minute."""
        warped = minute.astype(np.float64)
        for scale in _ACTIVITY_SCALES:
            length = 1 << scale
            height = uniform(self._key + 16 + scale, minute // length) * 2.0 - 1.0
            warped += height * _ACTIVITY_SWING * length / 2.0 * tent(minute, length)
        return np.floor(warped * self._rate).astype(np.int64) + minute

    def _parents(
        self, minutes: Ints, counts: Ints, trade_id: Ints
    ) -> tuple[Ints, np.typing.NDArray[np.bool_], Ints]:
        """Return the time and side of every burst, and which one each trade belongs to."""
        per_minute = np.maximum(counts // _BURST, 1)
        before = np.cumsum(per_minute) - per_minute
        minute = np.repeat(minutes, per_minute)
        place = np.arange(len(minute)) - np.repeat(before, per_minute)
        parent = minute * _PARENTS_MAX + place
        offset = uniform(self._key + 3, parent) * (MINUTE_NS - _FORESIGHT_NS)
        parent_ns = minute * MINUTE_NS + offset.astype(np.int64)
        rises = self.path.at(parent_ns + _FORESIGHT_NS) > self.path.at(parent_ns)
        is_buy = rises ^ (uniform(self._key + 4, parent) < _WRONG)
        choice = uniform(self._key + 1, trade_id) * np.repeat(per_minute, counts)
        return parent_ns, is_buy, np.repeat(before, counts) + choice.astype(np.int64)

    def _sizes(self, trade_id: Ints, mid: Floats) -> Ints:
        draw = -np.log1p(-uniform(self._key + 6, trade_id))
        notional = self.listing.profile.trade_notional * draw**1.8
        lots = np.rint(notional / mid * self._lots_per_unit).astype(np.int64)
        return np.maximum(lots, 1)
