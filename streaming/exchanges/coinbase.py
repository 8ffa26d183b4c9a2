"""Coinbase, through the Advanced Trade websocket (public channels, no key)."""

from collections.abc import Sequence

import msgspec

from market.instruments import Instrument
from streaming.exchanges import _coinbase_rest as rest
from streaming.exchanges._coinbase_session import CoinbaseSession
from streaming.exchanges._interface import Subscription
from streaming.exchanges._session import Symbols

CHANNELS = ("heartbeats", "market_trades", "ticker", "level2")
SYMBOLS_PER_CONNECTION = 30
"""Books come whole (megabytes for the large ones) at each subscription."""


class CoinbaseExchange(rest.CoinbaseMarket, frozen=True, kw_only=True):
    """Coinbase's current public feed."""

    ws_url: str = "wss://advanced-trade-ws.coinbase.com"

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        """Return connections that subscribe to trades, tickers, books and heartbeats."""
        found = []
        for start in range(0, len(symbols), SYMBOLS_PER_CONNECTION):
            chosen = list(symbols[start : start + SYMBOLS_PER_CONNECTION])
            products = [rest.native(symbol) for symbol in chosen]
            requests = [
                {"type": "subscribe", "product_ids": products, "channel": channel} for channel in CHANNELS
            ]
            messages = [msgspec.json.encode(request) for request in requests]
            found.append(Subscription(url_path="", messages=messages, symbols=chosen))
        return found

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> CoinbaseSession:
        """Return decoder state for one connection."""
        table = Symbols(symbols, instruments, native=rest.native, derive=rest.symbol_of)
        return CoinbaseSession(self.venue, table)

    def speaks(self, frame: bytes) -> bool:
        """Whether the frame is one of Advanced Trade: a channel with a sequence_num."""
        return b'"channel"' in frame[:400] and b'"sequence_num"' in frame[:400]


EXCHANGE = CoinbaseExchange()
