"""The router: which venue gives the best price for this size, fees included.

Pure: books and fees in, a decision with all its alternatives out. The same function routes on paper
and in backtests.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from market.events import Level, Side
from trading.core.decimals import BPS, displayed, rounded_bps


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue shows on the side that an order would take, best level first."""

    venue: str
    levels: list[Level]
    taker_fee: Decimal


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

    `considered` is sorted best first; `chosen` is empty when there was nothing to choose from.
    `excluded` names the venues that could not be used, with the reason. `saved_bps` compares the
    chosen all-in price with the mean of all that hold as much of the size.
    """

    considered: list[Candidate]
    chosen: str
    saved_bps: Decimal
    excluded: dict[str, str]


def route(
    side: Side, size: Decimal, offers: Sequence[Offer], *, excluded: Mapping[str, str] | None = None
) -> RoutingDecision:
    """Choose the venue with the best all-in price for `size` of base currency.

    A venue that shows the whole size goes before one that shows less, and of the latter the deepest
    is best. On a tie the earlier offer wins. For no size at all nothing is considered.
    """
    unusable = dict(excluded or {})
    candidates: list[Candidate] = []
    for offer in offers if size else ():
        candidate = _candidate(side, size, offer)
        if candidate is None:
            unusable[offer.venue] = "its book is empty"
        else:
            candidates.append(candidate)
    sign = 1 if side is Side.BUY else -1
    candidates.sort(key=lambda candidate: (-candidate.available, sign * candidate.all_in))
    return RoutingDecision(
        considered=candidates,
        chosen=candidates[0].venue if candidates else "",
        saved_bps=_saved_bps(sign, candidates),
        excluded=unusable,
    )


def _candidate(side: Side, size: Decimal, offer: Offer) -> Candidate | None:
    missing, quote = size, Decimal(0)
    for price, level_size in offer.levels:
        step = min(missing, level_size)
        quote += price * step
        missing -= step
        if not missing:
            break
    available = size - missing
    if not available:
        return None
    mean = quote / available
    fee = mean * offer.taker_fee
    return Candidate(
        venue=offer.venue,
        price=displayed(mean),
        fee=displayed(fee),
        all_in=displayed(mean + fee if side is Side.BUY else mean - fee),
        available=available,
    )


def _saved_bps(sign: int, candidates: Sequence[Candidate]) -> Decimal:
    if not candidates:
        return Decimal(0)
    best = candidates[0]
    peers = [other.all_in for other in candidates if other.available == best.available]
    mean = sum(peers, Decimal(0)) / len(peers)
    return rounded_bps(sign * (mean - best.all_in) / mean * BPS)
