"""Kraken spot through version 2 of its websocket."""

from collections.abc import Sequence

from market.instruments import Instrument
from streaming.exchanges import _kraken_rest as rest
from streaming.exchanges._interface import Subscription
from streaming.exchanges._kraken_session import DEPTH, KrakenSession, request
from streaming.exchanges._session import Symbols

SYMBOLS_PER_CONNECTION = 100


class KrakenExchange(rest.KrakenSpot, frozen=True, kw_only=True):
    """Kraken's current public feed."""

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        """Return connections that subscribe to instruments, trades, tickers and books."""
        found = []
        for start in range(0, len(symbols), SYMBOLS_PER_CONNECTION):
            chosen = list(symbols[start : start + SYMBOLS_PER_CONNECTION])
            messages = [
                request("subscribe", channel="instrument"),
                request("subscribe", channel="trade", symbol=chosen, snapshot=False),
                request("subscribe", channel="ticker", symbol=chosen, event_trigger="bbo"),
                request("subscribe", channel="book", symbol=chosen, depth=DEPTH),
            ]
            found.append(Subscription(url_path="/v2", messages=messages, symbols=chosen))
        return found

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> KrakenSession:
        """Return decoder state for one connection."""
        table = Symbols(symbols, instruments, native=str, derive=rest.symbol_of)
        return KrakenSession(self.venue, table, DEPTH)

    def speaks(self, frame: bytes) -> bool:
        """Whether the frame is an object with a channel or a method."""
        head = frame[:400]
        return (b'"channel"' in head and b'"sequence_num"' not in head) or b'"method"' in head


EXCHANGE = KrakenExchange()
