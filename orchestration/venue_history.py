"""Bars of the past from a venue's public REST interface, through ccxt."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from market.clock import NS_PER_MS
from orchestration.errors import UnknownVenue
from runtime.settings import CoreSettings
from serving.series import BAR_NS
from trading.adapters.history import errors as history
from trading.adapters.history.venue import ccxt_client

PAGE_BARS = 1000


class VenueBar(NamedTuple):
    """A closed bar as the venue states it; `open_time` in nanoseconds UTC."""

    open_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


def open_venue(settings: CoreSettings, venue: str) -> Any:
    """Return ccxt's client of a venue, sent to the simulator when there is one.

    Raises:
        UnknownVenue: ccxt has no such venue.
    """
    try:
        client = ccxt_client(venue, simulator_url=settings.simulator_url)
    except history.UnknownVenue as error:
        raise UnknownVenue(f"{error}; correct TIDEGATE_VENUES") from None
    # Numbers as the venue wrote them; ccxt's own Decimal mode fails on Kraken.
    client.number = str
    return client


def fetch_bars(client: Any, symbol: str, start: int, end: int) -> Iterator[list[VenueBar]]:
    """Yield pages of the one-minute bars that open in [start, end), nanoseconds UTC, oldest first.

    Ends early where the venue has no more. Raises ccxt's errors.
    """
    while start < end:
        rows = client.fetch_ohlcv(symbol, "1m", since=start // NS_PER_MS, limit=PAGE_BARS)
        bars = [VenueBar(int(row[0]) * NS_PER_MS, *map(Decimal, row[1:6])) for row in rows]
        page = [bar for bar in bars if start <= bar.open_time < end]
        if not page:
            return
        yield page
        start = page[-1].open_time + BAR_NS
