"""What rules may know beside the event itself: limits, declared instruments, accepted prices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import median

import msgspec

from market.clock import NS_PER_S

RECENT_PRICES = 8
"""The reference price is the median of this many accepted prints, renewed as often."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds that rules compare with.

    `jump_ratio_max` is a fraction of the reference price; times are distances from `ts_init`.
    """

    jump_ratio_max: Decimal = Decimal("0.20")
    future_ns_max: int = 5 * 60 * NS_PER_S
    past_ns_max: int = 24 * 3600 * NS_PER_S


class PriceGuard:
    """The accepted prices of one instrument and kind, and the range that the next may lie in."""

    __slots__ = ("_ratio", "_recent", "high", "low", "suspect")

    def __init__(self, price: Decimal, ratio: Decimal) -> None:
        self._ratio = ratio
        self.suspect: Decimal | None = None
        self.restart(price)

    def restart(self, price: Decimal) -> None:
        """Take `price` as the new reference."""
        self._recent: list[Decimal] = []
        self.suspect = None
        self._centre_on(price)

    def accept(self, price: Decimal) -> None:
        """Remember an accepted price; move the range when enough have come."""
        self.suspect = None
        recent = self._recent
        recent.append(price)
        if len(recent) >= RECENT_PRICES:
            self._centre_on(median(recent))
            recent.clear()

    def confirms(self, price: Decimal) -> bool:
        """Whether `price` agrees with the suspect print before it: then the market really moved."""
        return self.suspect is not None and abs(price - self.suspect) <= self._ratio * self.suspect

    def _centre_on(self, price: Decimal) -> None:
        self.low = price * (1 - self._ratio)
        self.high = price * (1 + self._ratio)


class Context:
    """Limits, declared instruments, and the price guards that the jump rule keeps.

    Make one per stream of events. Without `instruments` every instrument is known.
    """

    def __init__(self, instruments: Iterable[tuple[str, str]] | None = None, limits: Limits | None = None):
        """Take the declared (symbol, venue) pairs, or nothing to allow all."""
        self.limits = limits or Limits()
        self.declared = None if instruments is None else _by_venue(instruments)
        self.guards: dict[tuple[type, str, str], PriceGuard] = {}


def _by_venue(instruments: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for symbol, venue in instruments:
        found.setdefault(venue, set()).add(symbol)
    return {venue: frozenset(symbols) for venue, symbols in found.items()}
