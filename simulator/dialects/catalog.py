"""The venues that the simulator generates, by name."""

from collections.abc import Sequence

from simulator.dialects._interface import Gateway, GeneratedGateway
from simulator.dialects.binance.streams import BinanceGateway
from simulator.dialects.coinbase.streams import CoinbaseGateway
from simulator.dialects.kraken.streams import KrakenGateway
from simulator.market_model.listings import Listing, list_symbol
from simulator.market_model.market import Market, Pace

GATEWAYS: tuple[type[GeneratedGateway], ...] = (BinanceGateway, CoinbaseGateway, KrakenGateway)
_TRADE_SHARE = 0.1
_CHANGE_SHARE = 0.42
"""A change is a depth update and mostly also a quote: together the shares make up the pace."""


def generated_gateways(
    symbols: Sequence[str], *, seed: int, updates_per_s: float, now_ns: int
) -> list[Gateway]:
    """Return every venue with a market for each symbol. `updates_per_s` is the pace of one venue."""
    gateways: list[Gateway] = []
    for gateway in GATEWAYS:
        listings = [list_symbol(symbol, gateway.venue) for symbol in symbols]
        markets = [
            Market(seed, listing, _pace(listing, updates_per_s / len(symbols)), now_ns)
            for listing in listings
        ]
        gateways.append(gateway(markets))
    return gateways


def _pace(listing: Listing, updates_per_s: float) -> Pace:
    activity = listing.profile.activity * listing.terms.activity
    return Pace(updates_per_s * _TRADE_SHARE * activity, updates_per_s * _CHANGE_SHARE)
