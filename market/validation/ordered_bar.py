"""Refuse a bar that contradicts itself: extremes inside its body, or a time that is not its own."""

from market.errors import BadEvent
from market.events import Bar
from market.timeframes import timeframe_ns
from market.validation._context import Context
from market.validation._rule import Rule


def _check(bar: Bar, _context: Context) -> str | None:
    if bar.high < max(bar.open, bar.close) or bar.low > min(bar.open, bar.close):
        return f"open {bar.open}, high {bar.high}, low {bar.low}, close {bar.close}"
    try:
        length_ns = timeframe_ns(bar.timeframe)
    except BadEvent as error:
        return str(error)
    if bar.close_time - bar.open_time != length_ns:
        return f"a {bar.timeframe} bar from {bar.open_time} to {bar.close_time} ns"
    if bar.trade_count < 0:
        return f"{bar.trade_count} trades"
    return None


RULE = Rule(code="data.ordered_bar", applies_to=(Bar,), check=_check, rank=2)
