"""A venue made for tests: frames are JSON, a dialect of five words, on a real websocket and HTTP."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from market.errors import BadMessage
from market.events import Bar, FeedState, MarketEvent
from market.instruments import Instrument
from market.order_book import OrderBook
from streaming.exchanges._interface import (
    BookChecks,
    Decoded,
    FetchSnapshot,
    Reconnect,
    Resubscribe,
    Send,
    Subscription,
)
from tests.support.market_events import MINUTE, bar, quote, snapshot, status, trade

SYMBOL = "BTC/USDT"


class ToySession:
    """`{"do": "trade" | "quote" | "snapshot" | "resubscribe" | "reconnect" | "ping"}`."""

    def __init__(self) -> None:
        self._is_live = False
        self._book: OrderBook | None = None

    def on_frame(self, frame: bytes, ts_init: int) -> Decoded:
        message = json.loads(frame)
        events: list[MarketEvent] = []
        if not self._is_live:
            self._is_live = True
            events.append(status(FeedState.LIVE, "connected", ts_init, venue="toy"))
        word = message["do"]
        if word == "trade":
            events.append(
                trade(message.get("price", "100"), at=ts_init, venue="toy", trade_id=str(message["id"]))
            )
        elif word == "quote":
            events.append(quote(at=ts_init, venue="toy"))
        elif word == "snapshot":
            return Decoded(events, actions=[FetchSnapshot(SYMBOL, "/depth")])
        elif word == "resubscribe":
            return Decoded(events, actions=[Resubscribe(SYMBOL, [b"unsubscribe", b"subscribe"])])
        elif word == "reconnect":
            return Decoded(events, actions=[Reconnect("asked to")])
        elif word == "ping":
            return Decoded(events, ignored="ping", actions=[Send(b"pong")])
        return Decoded(events)

    def on_rest(self, path: str, body: bytes, ts_init: int) -> Decoded:
        assert (path, json.loads(body)) == ("/depth", {"book": 1})
        event = snapshot(at=ts_init, venue="toy")
        self._book = OrderBook()
        self._book.replace(event)
        return Decoded([event])

    def on_snapshot_unavailable(self, symbol: str, ts_init: int) -> Decoded:
        return Decoded()

    def on_disconnect(self, reason: str, ts_init: int) -> Decoded:
        return Decoded([status(FeedState.DOWN, reason, ts_init, venue="toy")] if self._is_live else [])

    def book(self, symbol: str) -> OrderBook | None:
        return self._book

    def checks(self) -> Mapping[str, BookChecks]:
        return {}


class ToyExchange:
    """The description of the toy venue; the addresses are those of a test's servers."""

    venue = "toy"
    maker_fee = taker_fee = Decimal(0)

    def __init__(self, ws_url: str, rest_url: str, silence_s: float = 5.0) -> None:
        self.ws_url, self.rest_url, self.silence_s = ws_url, rest_url, silence_s

    def subscriptions(self, symbols: Sequence[str]) -> list[Subscription]:
        return [Subscription(url_path="/stream", messages=[b"subscribe"], symbols=list(symbols))]

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> ToySession:
        return ToySession()

    def speaks(self, frame: bytes) -> bool:
        return b'"do"' in frame

    def bars_request(self, symbol: str, timeframe: str, since_ns: int, limit: int) -> str:
        return f"/bars?since={since_ns}&limit={limit}"

    def decode_bars(self, symbol: str, timeframe: str, body: bytes, ts_init: int) -> list[Bar]:
        document: Any = json.loads(body)
        if "error" in document:
            raise BadMessage(document["error"])
        first = -(-document["since"] // MINUTE) * MINUTE
        times = range(first, ts_init - MINUTE + 1, MINUTE)[: document["limit"]]
        return [bar(open_time, source="venue", venue="toy") for open_time in times]

    def instruments_request(self) -> str:
        return "/instruments"

    def decode_instruments(self, body: bytes) -> list[Instrument]:
        return []
