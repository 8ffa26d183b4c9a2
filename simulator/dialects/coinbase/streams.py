"""Coinbase Advanced Trade's websocket: one connection, many channels, one sequence per connection.

    {"channel":"market_trades","timestamp":"2026-08-09T21:05:48.251397169Z","sequence_num":9,"events":
     [{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"1068572091","price":"65083.67",
       "size":"0.01034361","time":"2026-08-09T21:05:48.167634Z","side":"SELL"}]}]}

Source: docs.cdp.coinbase.com, Advanced Trade WebSocket, "Channels", as of 2026-08.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from market.clock import NS_PER_MS, NS_PER_S
from simulator.dialects._interface import Answer, GeneratedGateway, Request, Session, answer, sold_below_zero
from simulator.dialects._text import iso_trimmed
from simulator.dialects.coinbase.commands import CHANNELS, Command, decode_command
from simulator.dialects.coinbase.documents import (
    candle_documents,
    level_documents,
    native,
    product_document,
    ticker_document,
    trade_document,
)
from simulator.dialects.coinbase.rest import Rest
from simulator.faults import Fault, FaultKind
from simulator.market_model.book import BookChange
from simulator.market_model.market import Market, Update
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.tape import Print

_BOOK_NS = 50 * NS_PER_MS
_BATCH_NS = 5 * NS_PER_S
_CANDLE_MINUTES = 5
_CANDLES_SHOWN = 100
_TRADES_SHOWN = 100
_encode = msgspec.json.encode


class CoinbaseSession(Session):
    """A client, its channels with their products, and its count of frames."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: dict[str, list[str]] = {}
        self.sequence = 0

    def send(self, channel: str, event: str, timestamp: str) -> None:
        """Number one event of a channel and put it into the outbox."""
        frame = (
            f'{{"channel":"{channel}","timestamp":"{timestamp}",'
            f'"sequence_num":{self.sequence},"events":[{event}]}}'
        )
        self.sequence += 1
        self.outbox.append(frame.encode())


class CoinbaseGateway(GeneratedGateway):
    """Coinbase Advanced Trade for the clients of the simulator."""

    venue = "coinbase"

    def __init__(self, markets: Sequence[Market]) -> None:
        super().__init__(markets)
        self._by_id = {native(market.listing): market for market in markets}
        self._rest = Rest(self._by_id)
        self._clients: list[CoinbaseSession] = []
        self._bids: dict[str, dict[int, int]] = {name: {} for name in self._by_id}
        self._asks: dict[str, dict[int, int]] = {name: {} for name in self._by_id}
        self._started_ns: int | None = None
        self._due = {"book": 0, "second": 0, "batch": 0}
        self._candles: dict[str, str] = {}

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a REST request."""
        return self._rest.answer(request, now_ns)

    def connect(self, request: Request) -> Session | Answer:
        """Accept the one websocket at `/`."""
        if request.path not in ("", "/"):
            return answer({"type": "error", "message": f"no websocket at {request.path}; use /"}, 404)
        session = CoinbaseSession()
        self.sessions.append(session)
        self._clients.append(session)
        return session

    def disconnect(self, session: Session) -> None:
        """Forget a client."""
        super().disconnect(session)
        self._clients = [client for client in self._clients if client is not session]

    def receive(self, session: Session, text: bytes, now_ns: int) -> None:
        """Obey subscribe and unsubscribe."""
        assert isinstance(session, CoinbaseSession)
        try:
            command = decode_command(text)
        except msgspec.MsgspecError:
            self._refuse(session, "invalid message: not a subscribe or unsubscribe")
            return
        if command.channel not in CHANNELS:
            self._refuse(session, f"{command.channel or 'empty channel'} is not a valid channel")
            return
        unknown = [name for name in command.product_ids if name not in self._by_id]
        if unknown:
            self._refuse(session, f"{', '.join(unknown)} is not a valid product")
            return
        if command.type == "subscribe":
            self._subscribe(session, command, now_ns)
        elif command.type == "unsubscribe":
            left = [
                name for name in session.channels.get(command.channel, []) if name not in command.product_ids
            ]
            session.channels[command.channel] = left if command.product_ids else []
            if not session.channels[command.channel]:
                del session.channels[command.channel]
        else:
            self._refuse(session, f"{command.type} is not a valid type")
            return
        event = _encode({"subscriptions": session.channels}).decode()
        session.send("subscriptions", event, iso_trimmed(now_ns, digits=9))

    def publish(self, market: Market, updates: Sequence[Update], now_ns: int) -> None:
        """Send trades and tickers at once, and gather the book's changes."""
        name = native(market.listing)
        trades: list[Print] = []
        is_quoted = False
        for update in updates:
            if isinstance(update, BookChange):
                self._bids[name].update(update.bids)
                self._asks[name].update(update.asks)
                is_quoted = is_quoted or update.top is not None
            else:
                trades.append(update)
        if trades:
            self._send_trades(market, trades, now_ns)
        if is_quoted or trades:
            self._send_ticker(market, now_ns)

    def tick(self, now_ns: int) -> None:
        """Send gathered book changes, heartbeats, batched tickers and candles that are due."""
        if self._started_ns is None:
            self._started_ns = now_ns
        if self._is_due("book", _BOOK_NS, now_ns):
            for name, market in self._by_id.items():
                self._send_book(market, name, now_ns)
        if self._is_due("second", NS_PER_S, now_ns):
            self._send_heartbeat(now_ns)
            self._send_candles(now_ns)
        if self._is_due("batch", _BATCH_NS, now_ns):
            for name, market in self._by_id.items():
                document = ticker_document(market, now_ns, with_quote=False)
                self._send("ticker_batch", "ticker_batch", name, _event("update", tickers=[document]), now_ns)

    def inject(self, fault: Fault, market: Market, now_ns: int) -> None:
        """Lose a frame, cross the book, or print below zero."""
        name = native(market.listing)
        if fault.kind is FaultKind.GAP:
            for client in self._clients:
                client.sequence += 1
        elif fault.kind is FaultKind.CROSSED_BOOK:
            _, _, ask, _ = market.book.top
            self._bids[name][ask + 100] = 1000
        elif fault.kind is FaultKind.NEGATIVE_PRICE:
            self._send_trades(market, [sold_below_zero(market)], now_ns)

    def _subscribe(self, session: CoinbaseSession, command: Command, now_ns: int) -> None:
        if command.channel == "heartbeats":
            session.channels["heartbeats"] = ["heartbeats"]
            return
        names = session.channels.setdefault(command.channel, [])
        time = iso_trimmed(now_ns, digits=9)
        for name in command.product_ids or list(self._by_id):
            if name not in names:
                names.append(name)
            event = self._snapshot(command.channel, self._by_id[name], now_ns)
            session.send("l2_data" if command.channel == "level2" else command.channel, event, time)

    def _snapshot(self, channel: str, market: Market, now_ns: int) -> str:
        listing = market.listing
        if channel == "market_trades":
            trades = [trade_document(trade, listing) for trade in reversed(market.recent(_TRADES_SHOWN))]
            return _event("snapshot", trades=trades)
        if channel == "level2":
            book = market.book
            levels = level_documents(
                book.best_bids(len(book.bids)), book.best_asks(len(book.asks)), listing, now_ns
            )
            return _event("snapshot", product_id=native(listing), updates=levels)
        if channel == "candles":
            return _event("snapshot", candles=self._candle_documents(market, _CANDLES_SHOWN, now_ns))
        if channel == "status":
            return _event("snapshot", products=[product_document(market, now_ns)])
        document = ticker_document(market, now_ns, with_quote=channel == "ticker")
        return _event("snapshot", tickers=[document])

    def _send_trades(self, market: Market, trades: list[Print], now_ns: int) -> None:
        name = native(market.listing)
        if not self._has_client("market_trades", name):
            return
        newest_first = [trade_document(trade, market.listing) for trade in reversed(trades)]
        event = _event("update", trades=newest_first)
        self._send("market_trades", "trades", name, event, now_ns, count=len(trades))

    def _send_ticker(self, market: Market, now_ns: int) -> None:
        name = native(market.listing)
        if self._has_client("ticker", name):
            event = _event("update", tickers=[ticker_document(market, now_ns, with_quote=True)])
            self._send("ticker", "quotes", name, event, now_ns)

    def _send_book(self, market: Market, name: str, now_ns: int) -> None:
        bids, asks = self._bids[name], self._asks[name]
        if not bids and not asks:
            return
        self._bids[name], self._asks[name] = {}, {}
        if self._has_client("level2", name):
            updates = level_documents(
                sorted(bids.items(), reverse=True), sorted(asks.items()), market.listing, market.now_ns
            )
            event = _event("update", product_id=name, updates=updates)
            self._send("level2", "depth", name, event, now_ns)

    def _send_heartbeat(self, now_ns: int) -> None:
        alive_s = (now_ns - (self._started_ns or now_ns)) / NS_PER_S
        time = iso_trimmed(now_ns, digits=9).replace("T", " ").replace("Z", " +0000 UTC")
        beat = {"current_time": f"{time} m=+{alive_s:.9f}", "heartbeat_counter": int(alive_s)}
        self._send("heartbeats", "heartbeats", "heartbeats", _encode(beat).decode(), now_ns)

    def _send_candles(self, now_ns: int) -> None:
        for name, market in self._by_id.items():
            if self._has_client("candles", name):
                event = _event("update", candles=self._candle_documents(market, 1, now_ns))
                if self._candles.get(name) != event:
                    self._candles[name] = event
                    self._send("candles", "klines", name, event, now_ns)

    @staticmethod
    def _candle_documents(market: Market, count: int, now_ns: int) -> list[dict[str, str]]:
        present = now_ns // MINUTE_NS
        first = present - present % _CANDLE_MINUTES - (count - 1) * _CANDLE_MINUTES
        candles = market.candles.bars(_CANDLE_MINUTES, first, present + 1, now_ns)
        product = {"product_id": native(market.listing)}
        return [{**document, **product} for document in candle_documents(candles, market.listing)]

    def _has_client(self, channel: str, name: str) -> bool:
        return any(name in client.channels.get(channel, ()) for client in self._clients)

    def _send(self, channel: str, kind: str, name: str, event: str, now_ns: int, *, count: int = 1) -> None:
        time = iso_trimmed(now_ns, digits=9)
        spoken = "l2_data" if channel == "level2" else channel
        for client in self._clients:
            if name in client.channels.get(channel, ()):
                client.send(spoken, event, time)
                client.sent[kind] += count

    def _is_due(self, timer: str, length_ns: int, now_ns: int) -> bool:
        if now_ns < self._due[timer]:
            return False
        self._due[timer] = now_ns - now_ns % length_ns + length_ns
        return True

    @staticmethod
    def _refuse(session: CoinbaseSession, message: str) -> None:
        session.outbox.append(_encode({"type": "error", "message": message}))


def _event(kind: str, **fields: Any) -> str:
    return _encode({"type": kind, **fields}).decode()
