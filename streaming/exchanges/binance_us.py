"""Binance.US: the spot dialect at another address."""

from decimal import Decimal

from streaming.exchanges._binance_exchange import BinanceExchange
from streaming.exchanges._binance_symbols import spot_native, spot_symbol

EXCHANGE = BinanceExchange(
    venue="binance_us",
    ws_url="wss://stream.binance.us:9443",
    rest_url="https://api.binance.us",
    rest_prefix="/api/v3",
    native=spot_native,
    symbol_of=spot_symbol,
    maker_fee=Decimal("0.004"),
    taker_fee=Decimal("0.006"),
)
