"""A bar as a venue's REST API tells it."""

from decimal import Decimal
from typing import NamedTuple

from market.events import Bar
from market.timeframes import timeframe_ns


class Prices(NamedTuple):
    """What a venue says of one bar."""

    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    trade_count: int = 0


def venue_bar(
    venue: str, symbol: str, timeframe: str, *, open_time: int, ts_init: int, prices: Prices
) -> Bar:
    """Return the bar that opened at `open_time`, seen at `ts_init`; both in nanoseconds UTC."""
    close_time = open_time + timeframe_ns(timeframe)
    return Bar(
        venue=venue,
        symbol=symbol,
        ts_event=close_time,
        ts_init=ts_init,
        timeframe=timeframe,
        open_time=open_time,
        close_time=close_time,
        open=prices.open,
        high=prices.high,
        low=prices.low,
        close=prices.close,
        volume=prices.volume,
        trade_count=prices.trade_count,
        source="venue",
    )
