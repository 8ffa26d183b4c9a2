"""What is listed where: symbols and venues with their steps, fees, spreads and lags."""

from typing import NamedTuple

from market.instruments import split_symbol
from simulator.market_model.noise import key_of


class SymbolProfile(NamedTuple):
    """A coin against the dollar: level, volatility in fractions a minute, and median trade in dollars."""

    price: float
    volatility: float
    trade_notional: float
    activity: float


class VenueProfile(NamedTuple):
    """How a venue differs: quoted spread, lag behind the common price, depth, fees in fractions."""

    spread_bps: float
    lag_ms: int
    basis_bps: float
    depth: float
    activity: float
    maker_fee: float
    taker_fee: float


class Listing(NamedTuple):
    """One symbol at one venue. Prices count in 10^-price_decimals, sizes in 10^-size_decimals."""

    symbol: str
    venue: str
    base: str
    quote: str
    price_decimals: int
    size_decimals: int
    profile: SymbolProfile
    terms: VenueProfile


COINS = {
    "BTC": SymbolProfile(97_000.0, 0.00055, 900.0, 1.6),
    "ETH": SymbolProfile(3_400.0, 0.00070, 700.0, 1.3),
    "SOL": SymbolProfile(210.0, 0.00085, 400.0, 0.9),
    "XRP": SymbolProfile(2.3, 0.00085, 350.0, 0.7),
    "DOGE": SymbolProfile(0.31, 0.00095, 250.0, 0.5),
    "ADA": SymbolProfile(0.92, 0.00090, 250.0, 0.5),
    "LTC": SymbolProfile(112.0, 0.00080, 250.0, 0.5),
    "LINK": SymbolProfile(19.5, 0.00090, 250.0, 0.5),
    "AVAX": SymbolProfile(31.0, 0.00090, 250.0, 0.5),
}

VENUES = {
    "binance": VenueProfile(0.4, 0, 1.0, 3.0, 1.4, 0.001, 0.001),
    "coinbase": VenueProfile(1.0, 120, 2.0, 1.2, 0.9, 0.006, 0.012),
    "kraken": VenueProfile(1.6, 250, 2.6, 1.0, 0.7, 0.0025, 0.004),
}

# Price and size decimals per coin against USDT, as the venues list them in 2026.
_DECIMALS = {
    "binance": {"BTC": (2, 5), "ETH": (2, 4), "SOL": (2, 3), "XRP": (4, 1), "DOGE": (5, 0)},
    "coinbase": {"BTC": (2, 8), "ETH": (2, 8), "SOL": (2, 3), "XRP": (4, 6), "DOGE": (5, 1)},
    "kraken": {"BTC": (1, 8), "ETH": (2, 8), "SOL": (2, 8), "XRP": (5, 8), "DOGE": (7, 8)},
}
_DOLLARS = {"USDT", "USDC", "USD"}


def list_symbol(symbol: str, venue: str) -> Listing:
    """Return how `venue` lists `symbol`; a coin without a profile gets one from its name."""
    base, quote = split_symbol(symbol)
    profile = _profile(base)
    if quote not in _DOLLARS:
        profile = profile._replace(price=profile.price / _profile(quote).price)
    price_decimals, size_decimals = _steps(venue, base, profile.price, in_dollars=quote in _DOLLARS)
    return Listing(symbol, venue, base, quote, price_decimals, size_decimals, profile, VENUES[venue])


def _profile(coin: str) -> SymbolProfile:
    known = COINS.get(coin)
    if known is not None:
        return known
    share = key_of("coin", coin) / 2**64
    return SymbolProfile(round(10 ** (share * 4 - 2), 4), 0.0009, 250.0, 0.5)


def _steps(venue: str, base: str, price: float, *, in_dollars: bool) -> tuple[int, int]:
    if in_dollars and base in _DECIMALS[venue]:
        return _DECIMALS[venue][base]
    price_decimals = next((decimals for decimals in range(2, 8) if price * 10**decimals >= 10_000), 8)
    return price_decimals, {"binance": 2, "coinbase": 6, "kraken": 8}[venue]
