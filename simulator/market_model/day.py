"""The statistics of a listing's last 24 hours."""

from typing import NamedTuple

from market.clock import NS_PER_S
from simulator.market_model.candles import CandleBook
from simulator.market_model.listings import Listing
from simulator.market_model.price_path import MINUTE_NS

DAY_AGE_NS = 10 * NS_PER_S
"""How old statistics may be before they are computed again."""

_DAY_MINUTES = 1440


class Day(NamedTuple):
    """The last 24 hours in steps; `average` is the mean price by volume, in quote currency."""

    open: int
    high: int
    low: int
    close: int
    volume: int
    quote_volume: float
    average: float
    trade_count: int
    first_id: int


def last_day(candles: CandleBook, listing: Listing, now_ns: int) -> Day:
    """Compute the statistics; of a day without a trade they are the listed price and zeros."""
    present = now_ns // MINUTE_NS
    bars = candles.minutes(present - _DAY_MINUTES + 1, present + 1, now_ns)
    if not bars:
        price = round(listing.profile.price * 10**listing.price_decimals)
        return Day(price, price, price, price, 0, 0.0, listing.profile.price, 0, 0)
    volume, quote_volume = int(bars.volume.sum()), float(bars.quote_volume.sum())
    return Day(
        open=int(bars.open[0]),
        high=int(bars.high.max()),
        low=int(bars.low.min()),
        close=int(bars.close[-1]),
        volume=volume,
        quote_volume=quote_volume,
        average=quote_volume / volume * 10.0**listing.size_decimals,
        trade_count=int(bars.trade_count.sum()),
        first_id=int(bars.first_id[0]),
    )
