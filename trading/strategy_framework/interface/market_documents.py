"""ccxt's market documents, as far as a pair's name tells them."""

from typing import Any


def market_of_name(pair: str) -> dict[str, Any] | None:
    """Return what the name of a pair says: `ETH/USDT`, or `ETH/USDT:USDT` for a perpetual.

    Nothing for a name that is no pair.
    """
    base, slash, rest = pair.partition("/")
    quote, colon, settle = rest.partition(":")
    if not slash or not base or not quote:
        return None
    return {
        "symbol": pair,
        "base": base,
        "quote": quote,
        "settle": settle or None,
        "spot": not colon,
        "swap": bool(colon),
        "active": True,
    }
