"""Refuse a book whose best bid reaches its best ask.

A snapshot is checked whole. A delta is only a part of the book: whoever applies it asks
`OrderBook.is_crossed` afterwards and uses this rule's code and `crossing_of`.
"""

from market.events import BookSnapshot, Level
from market.validation._context import Context
from market.validation._rule import Rule


def crossing_of(best_bid: Level | None, best_ask: Level | None) -> str | None:
    """Describe a crossed top of book; nothing where it is sane or a side is empty."""
    if best_bid is None or best_ask is None or best_bid[0] < best_ask[0]:
        return None
    return f"best bid {best_bid[0]} reaches best ask {best_ask[0]}"


def _check(snapshot: BookSnapshot, _context: Context) -> str | None:
    bids = [level for level in snapshot.bids if level[1]]
    asks = [level for level in snapshot.asks if level[1]]
    return crossing_of(max(bids, default=None), min(asks, default=None))


RULE = Rule(code="data.crossed_book", applies_to=(BookSnapshot,), check=_check, rank=2)
