"""Refuse events whose venue time is absurd beside the time at which they came in.

Clocks differ (one of our recordings was received 1.3 s before it happened) and a venue repeats old
trades after a reconnection: only minutes into the future and a day into the past are absurd. Bars
are history and may be of any age.
"""

from market.clock import NS_PER_S
from market.events import Bar, BookDelta, BookSnapshot, Quote, Trade
from market.validation._context import Context
from market.validation._rule import Rule


def _check(event: Trade | Quote | BookSnapshot | BookDelta | Bar, context: Context) -> str | None:
    limits = context.limits
    age_ns = event.ts_init - event.ts_event
    past_ns_max = limits.past_ns_max if type(event) is not Bar else age_ns
    if -limits.future_ns_max <= age_ns <= past_ns_max and event.ts_event > 0:
        return None
    return f"venue time is {abs(age_ns) / NS_PER_S:.3f} s {'before' if age_ns > 0 else 'after'} its arrival"


RULE = Rule(
    code="data.event_time",
    applies_to=(Trade, Quote, BookSnapshot, BookDelta, Bar),
    check=_check,
)
