"""The router: which venue gives the best price for this size, fees included.

Pure: books and instruments in, a decision with all its alternatives out. The same function routes
on paper and in backtests.
"""

from decimal import Decimal

import msgspec


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A venue's offer for the whole size.

    `price` is the mean price over the levels that the size walks, `fee` the taker fee per unit in
    quote currency, `all_in` what a unit costs (BUY: price + fee) or brings (SELL: price - fee).
    `available` is the size that the visible levels hold, at most the size asked for.
    """

    venue: str
    price: Decimal
    fee: Decimal
    all_in: Decimal
    available: Decimal


class RoutingDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order goes, and everything that was considered.

    `considered` is sorted best first. `excluded` names the venues that could not be used, with the
    reason. `saved_bps` compares the chosen all-in price with the mean of all considered.
    """

    considered: list[Candidate]
    chosen: str
    saved_bps: Decimal
    excluded: dict[str, str]
