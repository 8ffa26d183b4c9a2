"""Refuse prices and sizes that can't be: zero, negative, infinite or not a number.

A book level of size 0 is no mistake in a delta (it deletes the level), and a quote of size 0 says
that this side is empty.
"""

from decimal import Decimal

from market.events import Bar, BookDelta, BookSnapshot, Level, Quote, Trade
from market.validation._context import Context
from market.validation._rule import Rule

_ZERO = Decimal(0)
_INFINITY = Decimal("Infinity")


def _check(event: Trade | Quote | BookSnapshot | BookDelta | Bar, _context: Context) -> str | None:
    try:
        if type(event) is Trade:
            return _check_trade(event)
        if type(event) is Quote:
            return _check_quote(event)
        if type(event) is Bar:
            return _check_bar(event)
        return _worst_level(event.bids) or _worst_level(event.asks)  # type: ignore[union-attr]
    except ArithmeticError:  # NaN has no order
        return "a price or size is not a number"


def _check_trade(trade: Trade) -> str | None:
    if _ZERO < trade.price < _INFINITY and _ZERO < trade.size < _INFINITY:
        return None
    return f"trade {trade.trade_id} at price {trade.price}, size {trade.size}"


def _check_quote(quote: Quote) -> str | None:
    prices_are_sane = _ZERO < quote.bid_price < _INFINITY and _ZERO < quote.ask_price < _INFINITY
    if prices_are_sane and _ZERO <= quote.bid_size < _INFINITY and _ZERO <= quote.ask_size < _INFINITY:
        return None
    return f"quote {quote.bid_price} for {quote.bid_size}, {quote.ask_price} for {quote.ask_size}"


def _worst_level(levels: list[Level]) -> str | None:
    for price, size in levels:
        if not (_ZERO < price < _INFINITY and _ZERO <= size < _INFINITY):
            return f"book level at price {price}, size {size}"
    return None


def _check_bar(bar: Bar) -> str | None:
    lowest = min(bar.open, bar.high, bar.low, bar.close)
    highest = max(bar.open, bar.high, bar.low, bar.close)
    if lowest > _ZERO and highest < _INFINITY and _ZERO <= bar.volume < _INFINITY:
        return None
    return f"bar {bar.open} {bar.high} {bar.low} {bar.close}, volume {bar.volume}"


RULE = Rule(
    code="data.positive_price",
    applies_to=(Trade, Quote, BookSnapshot, BookDelta, Bar),
    check=_check,
    rank=1,
)
