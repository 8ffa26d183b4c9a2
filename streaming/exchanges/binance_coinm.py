"""Binance COIN-M futures: contracts margined and settled in the coin; sizes are in contracts."""

from decimal import Decimal

from streaming.exchanges._binance_exchange import BinanceExchange
from streaming.exchanges._binance_symbols import inverse_native, inverse_symbol

EXCHANGE = BinanceExchange(
    venue="binance_coinm",
    ws_url="wss://dstream.binance.com",
    rest_url="https://dapi.binance.com",
    rest_prefix="/dapi/v1",
    native=inverse_native,
    symbol_of=inverse_symbol,
    maker_fee=Decimal("0.0002"),
    taker_fee=Decimal("0.0005"),
)
