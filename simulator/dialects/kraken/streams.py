"""Kraken's websocket API v2.

    {"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":
     [{"price":29430.3,"qty":8.25182177}],"checksum":3111681483,
     "timestamp":"2023-07-30T15:30:00.029286Z"}]}

A book subscription sees the best 10, 25, 100, 500 or 1000 levels of each side. A level that
better ones push out of sight is not deleted: the client cuts its book to the depth itself, and the
checksum proves it.
Source: docs.kraken.com, Spot WebSocket v2, "Market Data", as of 2026-08.
"""

from collections.abc import Sequence

import msgspec

from market.clock import NS_PER_S
from simulator.dialects._interface import Answer, GeneratedGateway, Request, Session, answer, sold_below_zero
from simulator.dialects._text import iso
from simulator.dialects.kraken.commands import Command, Params, decode_command, detail, echo_of, problem
from simulator.dialects.kraken.documents import (
    bar_document,
    book_document,
    checksum,
    instrument_document,
    ticker_document,
    trade_document,
)
from simulator.dialects.kraken.rest import Rest
from simulator.dialects.kraken.view import View
from simulator.faults import Fault, FaultKind
from simulator.market_model.book import BookChange
from simulator.market_model.market import Market, Update
from simulator.market_model.tape import Print

_TRADES_SHOWN = 50
_encode = msgspec.json.encode


class KrakenSession(Session):
    """A client and what it subscribed to: (channel, detail, symbol)."""

    def __init__(self) -> None:
        super().__init__()
        self.topics: set[tuple[str, str, str]] = set()


class KrakenGateway(GeneratedGateway):
    """Kraken for the clients of the simulator."""

    venue = "kraken"

    def __init__(self, markets: Sequence[Market]) -> None:
        super().__init__(markets)
        self._rest = Rest(list(markets))
        self._clients: list[KrakenSession] = []
        self._views: dict[tuple[str, int], View] = {}
        self._beat_due_ns = 0
        self._bad_checksum: set[str] = set()
        self._lost: set[str] = set()
        self._connection_id = 12_393_906_104_898_154_338

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a REST request."""
        return self._rest.answer(request, now_ns)

    def connect(self, request: Request) -> Session | Answer:
        """Accept the websocket at `/v2` and greet with the status."""
        if request.path != "/v2":
            return answer({"error": [f"EGeneral:no websocket at {request.path}; use /v2"]}, 404)
        session = KrakenSession()
        self._connection_id += 1
        status = {
            "version": "2.0.10",
            "system": "online",
            "api_version": "v2",
            "connection_id": self._connection_id,
        }
        session.outbox.append(_encode({"channel": "status", "type": "update", "data": [status]}))
        self.sessions.append(session)
        self._clients.append(session)
        return session

    def disconnect(self, session: Session) -> None:
        """Forget a client, and the views that nobody looks at any more."""
        super().disconnect(session)
        self._clients = [client for client in self._clients if client is not session]
        self._drop_views()

    def receive(self, session: Session, text: bytes, now_ns: int) -> None:
        """Obey subscribe, unsubscribe and ping."""
        assert isinstance(session, KrakenSession)
        try:
            command = decode_command(text)
        except msgspec.MsgspecError as error:
            self._reply(session, {"error": f"Malformed request: {error}", "success": False}, None, now_ns)
            return
        if command.method == "ping":
            self._reply(session, {"method": "pong"}, command.req_id, now_ns)
        elif command.method in ("subscribe", "unsubscribe"):
            for symbol in command.params.symbol or [""]:
                self._change(session, command, symbol, now_ns)
        else:
            self._refuse(session, command, "Method is missing or not supported", now_ns)

    def publish(self, market: Market, updates: Sequence[Update], now_ns: int) -> None:
        """Send trades, then tickers, then each depth's view of the book."""
        trades: list[Print] = []
        is_quoted, is_changed = False, False
        for update in updates:
            if isinstance(update, BookChange):
                is_changed, is_quoted = True, is_quoted or update.top is not None
            else:
                trades.append(update)
        if trades:
            self._send_trades(market, trades)
            self._send_ticker(market, "trades", now_ns)
        if is_quoted:
            self._send_ticker(market, "bbo", now_ns)
        if is_changed:
            self._send_books(market)

    def tick(self, now_ns: int) -> None:
        """Send a heartbeat each second, and the bars that are due."""
        if now_ns >= self._beat_due_ns:
            self._beat_due_ns = now_ns - now_ns % NS_PER_S + NS_PER_S
            for client in self._clients:
                if client.topics:
                    client.outbox.append(b'{"channel":"heartbeat"}')
            for topic in {topic for client in self._clients for topic in client.topics if topic[0] == "ohlc"}:
                interval, symbol = topic[1:]
                bar = bar_document(self.markets[symbol], int(interval), now_ns)
                self._send(topic, "klines", _frame("ohlc", "update", [bar]))

    def inject(self, fault: Fault, market: Market, now_ns: int) -> None:
        """Lose an update, spoil a checksum, cross the book, or print below zero."""
        symbol = market.listing.symbol
        if fault.kind is FaultKind.BAD_CHECKSUM:
            self._bad_checksum.add(symbol)
        elif fault.kind is FaultKind.GAP:
            self._lost.add(symbol)
        elif fault.kind is FaultKind.NEGATIVE_PRICE:
            self._send_trades(market, [sold_below_zero(market)])
        elif fault.kind is FaultKind.CROSSED_BOOK:
            _, _, ask, _ = market.book.top
            bogus = [(ask + 100, 1000)]
            for (name, depth), view in self._views.items():
                if name == symbol:
                    crc = checksum(bogus + view.bids[: depth - 1], view.asks)
                    document = book_document(market.listing, bogus, [], crc, now_ns)
                    self._send(("book", str(depth), symbol), "depth", _frame("book", "update", [document]))

    def _change(self, session: KrakenSession, command: Command, symbol: str, now_ns: int) -> None:
        params = command.params
        refusal = problem(params, symbol, self.markets)
        if refusal:
            self._refuse(session, command, refusal, now_ns, symbol)
            return
        topic = (params.channel, detail(params), symbol)
        result: dict[str, object] = {"channel": params.channel}
        if symbol:
            result["symbol"] = symbol
        result |= echo_of(params)
        reply = {"method": command.method, "result": result, "success": True}
        if command.method == "unsubscribe":
            session.topics.discard(topic)
            self._drop_views()
            self._reply(session, reply, command.req_id, now_ns)
            return
        session.topics.add(topic)
        self._reply(session, reply, command.req_id, now_ns)
        if params.channel == "book":
            self._views.setdefault((symbol, params.depth), View(self.markets[symbol], params.depth))
        if params.snapshot:
            session.outbox.append(self._snapshot(params, symbol, now_ns))

    def _snapshot(self, params: Params, symbol: str, now_ns: int) -> bytes:
        if params.channel == "instrument":
            data = instrument_document(list(self.markets.values()))
            return _encode({"channel": "instrument", "type": "snapshot", "data": data})
        market = self.markets[symbol]
        if params.channel == "book":
            view = self._views[symbol, params.depth]
            crc = checksum(view.bids, view.asks)
            documents = [book_document(market.listing, view.bids, view.asks, crc, now_ns)]
        elif params.channel == "trade":
            documents = [trade_document(trade, market.listing) for trade in market.recent(_TRADES_SHOWN)]
        elif params.channel == "ticker":
            documents = [ticker_document(market, now_ns)]
        else:
            documents = [bar_document(market, params.interval, now_ns)]
        return _frame(params.channel, "snapshot", documents)

    def _send_trades(self, market: Market, trades: list[Print]) -> None:
        topic = ("trade", "", market.listing.symbol)
        if any(topic in client.topics for client in self._clients):
            frame = _frame("trade", "update", [trade_document(trade, market.listing) for trade in trades])
            self._send(topic, "trades", frame, count=len(trades))

    def _send_books(self, market: Market) -> None:
        symbol = market.listing.symbol
        for (name, depth), view in self._views.items():
            if name != symbol:
                continue
            bids, asks = view.changes()
            if not bids and not asks:
                continue
            if symbol in self._lost:
                self._lost.discard(symbol)
                continue
            crc = checksum(view.bids, view.asks)
            if symbol in self._bad_checksum:
                self._bad_checksum.discard(symbol)
                crc ^= 1
            document = book_document(market.listing, bids, asks, crc, market.now_ns)
            self._send(("book", str(depth), symbol), "depth", _frame("book", "update", [document]))

    def _send_ticker(self, market: Market, trigger: str, now_ns: int) -> None:
        topic = ("ticker", trigger, market.listing.symbol)
        if any(topic in client.topics for client in self._clients):
            frame = _frame("ticker", "update", [ticker_document(market, now_ns)])
            self._send(topic, "quotes", frame)

    def _send(self, topic: tuple[str, str, str], kind: str, frame: bytes, *, count: int = 1) -> None:
        for client in self._clients:
            if topic in client.topics:
                client.outbox.append(frame)
                client.sent[kind] += count

    def _drop_views(self) -> None:
        wanted = {topic for client in self._clients for topic in client.topics}
        self._views = {
            (symbol, depth): view
            for (symbol, depth), view in self._views.items()
            if ("book", str(depth), symbol) in wanted
        }

    def _refuse(
        self, session: KrakenSession, command: Command, error: str, now_ns: int, symbol: str = ""
    ) -> None:
        reply: dict[str, object] = {"error": error, "method": command.method, "success": False}
        if symbol:
            reply["symbol"] = symbol
        self._reply(session, reply, command.req_id, now_ns)

    @staticmethod
    def _reply(session: KrakenSession, reply: dict[str, object], req_id: int | None, now_ns: int) -> None:
        time = iso(now_ns, digits=6)
        reply |= {"time_in": time, "time_out": time}
        if req_id is not None:
            reply["req_id"] = req_id
        session.outbox.append(_encode(reply))


def _frame(channel: str, kind: str, documents: Sequence[str]) -> bytes:
    return f'{{"channel":"{channel}","type":"{kind}","data":[{",".join(documents)}]}}'.encode()
