"""The paper matcher: what the live book would have filled.

Takers walk the visible levels and never get more than they hold, less what our own earlier fills
took from the same frame. A resting limit order fills at its limit, as maker, once the book reaches
it: conservative, because its place in the queue is not known.
"""

from decimal import Decimal
from typing import Literal, NamedTuple

from market.events import Level, LiveFrame, Side
from market.instruments import Instrument
from trading.core.decimals import floored, rounded_fee
from trading.core.orders import Order


class Execution(NamedTuple):
    """A part of an order that the book fills; `fee` in quote currency."""

    price: Decimal
    size: Decimal
    fee: Decimal
    liquidity: Literal["maker", "taker"]


def match(order: Order, frame: LiveFrame, instrument: Instrument, *, taken: Decimal) -> list[Execution]:
    """Return the executions of the order's remaining size against `frame`, best price first.

    An order takes from one frame once: a frame no newer than its last fill's gives nothing. `taken`
    is the size that other orders of ours took from this frame.
    """
    if frame.ts_init <= order.book_ts:
        return []
    limit = order.intent.limit_price
    # A limit order rests from the moment it was decided; the frame it was decided on, it may take.
    is_maker = limit is not None and frame.ts_init > order.intent.ts
    executions: list[Execution] = []
    missing = order.remaining_size
    for price, level_size in _reachable(order, frame):
        skipped = min(taken, level_size)
        taken -= skipped
        size = floored(min(missing, level_size - skipped), instrument.size_increment)
        if size:
            executions.append(_execution(limit if is_maker and limit else price, size, instrument, is_maker))
            missing -= size
        if not missing:
            break
    return executions


def _reachable(order: Order, frame: LiveFrame) -> list[Level]:
    limit = order.intent.limit_price
    if order.intent.side is Side.BUY:
        return [level for level in frame.asks if limit is None or level[0] <= limit]
    return [level for level in frame.bids if limit is None or level[0] >= limit]


def _execution(price: Decimal, size: Decimal, instrument: Instrument, is_maker: bool) -> Execution:  # noqa: FBT001
    rate = instrument.maker_fee if is_maker else instrument.taker_fee
    return Execution(price, size, rounded_fee(price * size * rate), "maker" if is_maker else "taker")
