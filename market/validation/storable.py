"""Refuse what no table and no reader of ours can hold: one such row would stop all that follow it.

Sessions check the numbers of trades, quotes and books as they decode them. A venue's bars, ids and
counters come through unchecked.
"""

from decimal import Decimal

from market.events import Bar, Quote, Trade
from market.validation._context import Context
from market.validation._rule import Rule

COUNT_MAX = 2**31 - 1
SEQUENCE_MAX = 2**63 - 1
TRADE_ID_LENGTH_MAX = 200
EXPONENT_MAX = 24
"""Prices and sizes lie between 10^-24 and 10^24."""


def _check(event: Trade | Quote | Bar, _context: Context) -> str | None:
    if type(event) is Trade:
        is_sane = "\0" not in event.trade_id and len(event.trade_id) <= TRADE_ID_LENGTH_MAX
        return None if is_sane else f"trade id {event.trade_id[:40]!r}"
    if type(event) is Quote:
        return (
            None
            if abs(event.sequence) <= SEQUENCE_MAX
            else f"a sequence of {event.sequence.bit_length()} bits"
        )
    return _check_bar(event)  # type: ignore[arg-type]


def _check_bar(bar: Bar) -> str | None:
    if bar.trade_count > COUNT_MAX:
        return f"a count of trades of {bar.trade_count.bit_length()} bits"
    for value in (bar.open, bar.high, bar.low, bar.close, bar.volume):
        if not _is_storable(value):
            return f"a number of the order 10^{value.adjusted()}"
    return None


def _is_storable(value: Decimal) -> bool:
    return abs(value.adjusted()) <= EXPONENT_MAX and value.as_tuple().exponent >= -2 * EXPONENT_MAX  # type: ignore[operator]


RULE = Rule(code="data.not_storable", applies_to=(Trade, Quote, Bar), check=_check, rank=2)
