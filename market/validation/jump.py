"""Refuse a lone print far from the last accepted prices; let a real crash through.

A print further than `jump_ratio_max` from the median of recent prints is suspect. The next print
decides: when it agrees with the suspect, the market moved, and its price is the new reference.
"""

from market.events import Quote, Trade
from market.validation._context import Context, PriceGuard
from market.validation._rule import Rule


def _check(event: Trade | Quote, context: Context) -> str | None:
    price = event.price if type(event) is Trade else event.bid_price  # type: ignore[union-attr]
    guard = context.guards.get((type(event), event.symbol, event.venue))
    if guard is None:
        guard = PriceGuard(price, context.limits.jump_ratio_max)
        context.guards[type(event), event.symbol, event.venue] = guard
    if guard.low <= price <= guard.high:
        guard.accept(price)
        return None
    if guard.confirms(price):
        guard.restart(price)
        return None
    guard.suspect = price
    return f"price {price} lies outside {guard.low:f} to {guard.high:f}; the next print decides"


RULE = Rule(code="data.jump", applies_to=(Trade, Quote), check=_check, rank=3)
