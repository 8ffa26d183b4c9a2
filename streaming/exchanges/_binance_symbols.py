"""Binance's names of symbols: `BTCUSDT`, `BTCUSDT_250926`, `BTCUSD_PERP`.

A spot name has no separator. exchangeInfo says where to split it; without that, the quote
currencies that Binance has listed tell, and among several splits the one with a well-known base.
"""

QUOTES = frozenset(  # fifty quoted words would hide the list
    """
    USDT USDC FDUSD TUSD BUSD USD USDP USDS PAX DAI UST USD1 BFUSD XUSD RLUSD AEUR EURI VAI BTC
    ETH BNB XRP TRX DOGE DOT SOL IDRT BIDR BKRW BVND GYEN EUR GBP AUD TRY RUB UAH NGN ZAR BRL
    PLN RON ARS JPY MXN CZK COP CAD
    """.split()  # noqa: SIM905
)
"""Quote currencies of spot markets, past and present."""

_WELL_KNOWN = frozenset(
    """
    BTC ETH BNB XRP SOL DOGE ADA DOT TRX LTC BCH LINK XLM ATOM ETC XMR EOS UNI AVAX MATIC POL
    NEAR FIL ICP VET ALGO AAVE MKR COMP YFI SUSHI SNX CRV ZRX BAT OMG ZEC ZEN DASH NEO IOTA XTZ
    KNC REN BAND GRT ENJ MANA SAND AXS CHZ SHIB PEPE ARB OP APT SUI TON HBAR INJ USDT USDC BUSD
    TUSD PAX DAI EUR GBP AUD
    """.split()  # noqa: SIM905
)
_PERPETUAL = "_PERP"


def spot_native(symbol: str) -> str:
    """Return `BTCUSDT` for `BTC/USDT`."""
    return symbol.replace("/", "")


def spot_symbol(name: str) -> str | None:
    """Return `BTC/USDT` for `BTCUSDT`, or nothing where no known quote currency ends the name."""
    splits = [
        (name[:-length], name[-length:])
        for length in range(5, 2, -1)
        if len(name) > length and name[-length:] in QUOTES
    ]
    if not splits or not name.isalnum() or not name.isascii() or name != name.upper():
        return None
    base, quote = next((split for split in splits if split[0] in _WELL_KNOWN), splits[0])
    return f"{base}/{quote}"


def linear_native(symbol: str) -> str:
    """Return `BTCUSDT` for `BTC/USDT:USDT`, `BTCUSDT_250926` for `BTC/USDT:USDT-250926`."""
    pair, _, settle = symbol.partition(":")
    expiry = settle.partition("-")[2]
    return pair.replace("/", "") + (f"_{expiry}" if expiry else "")


def linear_symbol(name: str) -> str | None:
    """Return the symbol of a USD-M contract, which settles in its quote currency."""
    pair, _, expiry = name.partition("_")
    symbol = spot_symbol(pair)
    if symbol is None or (expiry and not expiry.isdecimal()):
        return None
    return f"{symbol}:{symbol.partition('/')[2]}" + (f"-{expiry}" if expiry else "")


def inverse_native(symbol: str) -> str:
    """Return `BTCUSD_PERP` for `BTC/USD:BTC`, `BTCUSD_210625` for `BTC/USD:BTC-210625`."""
    pair, _, settle = symbol.partition(":")
    return pair.replace("/", "") + (f"_{expiry}" if (expiry := settle.partition("-")[2]) else _PERPETUAL)


def inverse_symbol(name: str) -> str | None:
    """Return the symbol of a COIN-M contract, which settles in its base currency."""
    pair, _, kind = name.partition("_")
    base = pair.removesuffix("USD")
    if base == pair or not base.isalnum() or not base.isupper() or not (kind == "PERP" or kind.isdecimal()):
        return None
    return f"{base}/USD:{base}" + ("" if kind == "PERP" else f"-{kind}")
