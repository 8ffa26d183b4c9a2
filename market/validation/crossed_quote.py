"""Refuse a quote whose bid reaches its ask: on one venue those two would have traded."""

from market.events import Quote
from market.validation._context import Context
from market.validation._rule import Rule


def _check(quote: Quote, _context: Context) -> str | None:
    if quote.bid_price < quote.ask_price:
        return None
    return f"bid {quote.bid_price} reaches ask {quote.ask_price}"


RULE = Rule(code="data.crossed_quote", applies_to=(Quote,), check=_check, rank=2)
