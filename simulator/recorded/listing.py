"""How a recorded symbol is listed, with a made-up past that ends at its first price."""

from collections.abc import Sequence

import numpy as np

from market.instruments import split_symbol
from simulator.market_model.listings import VENUES, Listing, SymbolProfile
from simulator.market_model.price_path import PricePath
from simulator.recorded.frames import decimals

TRADES_PER_MINUTE = 60.0
"""Of the made-up past."""

_VOLATILITY = 0.0006
_TRADE_NOTIONAL = 600.0
_DECIMALS_MAX = 8


def recorded_listing(
    venue: str,
    symbol: str,
    levels: Sequence[tuple[str, str]],
    first_price: str,
    *,
    seed: int,
    start_ns: int,
) -> Listing:
    """Describe a symbol by the (price, size) levels of its first book.

    The made-up price reaches the first price at `start_ns`.
    """
    base, quote = split_symbol(symbol)
    price = float(first_price)
    listing = Listing(
        symbol=symbol,
        venue=venue,
        base=base,
        quote=quote,
        price_decimals=min(_DECIMALS_MAX, decimals([level for level, _ in levels])),
        size_decimals=min(_DECIMALS_MAX, decimals([size for _, size in levels])),
        profile=SymbolProfile(price, _VOLATILITY, _TRADE_NOTIONAL, 1.0),
        terms=VENUES[venue],
    )
    reached = float(PricePath(seed, listing).at(np.array([start_ns]))[0])
    return listing._replace(profile=listing.profile._replace(price=price * price / reached))
