"""Binance spot."""

from decimal import Decimal

from streaming.exchanges._binance_exchange import BinanceExchange
from streaming.exchanges._binance_symbols import spot_native, spot_symbol

EXCHANGE = BinanceExchange(
    venue="binance",
    ws_url="wss://stream.binance.com:9443",
    rest_url="https://api.binance.com",
    rest_prefix="/api/v3",
    native=spot_native,
    symbol_of=spot_symbol,
    maker_fee=Decimal("0.001"),
    taker_fee=Decimal("0.001"),
)
