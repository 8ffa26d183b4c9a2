"""Refuse events of a symbol or venue that nobody declared: a typing error, or a stray feed."""

from market.events import Bar, BookDelta, BookSnapshot, Quote, Trade
from market.validation._context import Context
from market.validation._rule import Rule


def _check(event: Trade | Quote | BookSnapshot | BookDelta | Bar, context: Context) -> str | None:
    declared = context.declared
    if declared is None or event.symbol in declared.get(event.venue, ()):
        return None
    if event.venue not in declared:
        return f"venue {event.venue!r} is not declared; declared are {', '.join(sorted(declared))}"
    return f"symbol {event.symbol!r} is not declared on {event.venue}"


RULE = Rule(
    code="data.unknown_instrument",
    applies_to=(Trade, Quote, BookSnapshot, BookDelta, Bar),
    check=_check,
)
