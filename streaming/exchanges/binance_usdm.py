"""Binance USD-M futures: contracts margined and settled in a stablecoin."""

from decimal import Decimal

from streaming.exchanges._binance_exchange import BinanceExchange
from streaming.exchanges._binance_symbols import linear_native, linear_symbol

EXCHANGE = BinanceExchange(
    venue="binance_usdm",
    ws_url="wss://fstream.binance.com",
    rest_url="https://fapi.binance.com",
    rest_prefix="/fapi/v1",
    native=linear_native,
    symbol_of=linear_symbol,
    maker_fee=Decimal("0.0002"),
    taker_fee=Decimal("0.0005"),
)
