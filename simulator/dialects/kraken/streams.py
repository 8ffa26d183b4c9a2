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
from simulator.dialects._text import iso, number
from simulator.dialects.kraken.documents import (
    book_document,
    checksum,
    instrument_document,
    ticker_document,
    trade_document,
)
from simulator.dialects.kraken.rest import INTERVALS, Rest
from simulator.faults import Fault, FaultKind
from simulator.market_model.book import BookChange
from simulator.market_model.market import Market, Update
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.tape import Print

DEPTHS = (10, 25, 100, 500, 1000)
_CHANNELS = ("book", "trade", "ticker", "ohlc", "instrument")
_TRADES_SHOWN = 50
_encode = msgspec.json.encode


class _Params(msgspec.Struct):
    channel: str = ""
    symbol: list[str] = []
    depth: int = 10
    interval: int = 1
    snapshot: bool = True
    event_trigger: str = "trades"


class _Command(msgspec.Struct):
    method: str
    params: _Params = msgspec.field(default_factory=_Params)
    req_id: int | None = None


_decode_command = msgspec.json.Decoder(_Command).decode


class KrakenSession(Session):
    """A client and what it subscribed to: (channel, detail, symbol)."""

    def __init__(self) -> None:
        super().__init__()
        self.topics: set[tuple[str, str, str]] = set()


class _View:
    """The best `depth` levels of a market, as the subscribers of that depth know them."""

    def __init__(self, market: Market, depth: int) -> None:
        self._market = market
        self._depth = depth
        self.bids = market.book.best_bids(depth)
        self.asks = market.book.best_asks(depth)

    def changes(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Bring the view up to date; return the levels to send, size 0 deletes."""
        book = self._market.book
        bids, asks = book.best_bids(self._depth), book.best_asks(self._depth)
        sent = _difference(self.bids, bids, book.bids), _difference(self.asks, asks, book.asks)
        self.bids, self.asks = bids, asks
        return sent


class KrakenGateway(GeneratedGateway):
    """Kraken for the clients of the simulator."""

    venue = "kraken"

    def __init__(self, markets: Sequence[Market]) -> None:
        super().__init__(markets)
        self._rest = Rest(list(markets))
        self._clients: list[KrakenSession] = []
        self._views: dict[tuple[str, int], _View] = {}
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
            command = _decode_command(text)
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
                bar = _bar(self.markets[symbol], int(interval), now_ns)
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

    def _change(self, session: KrakenSession, command: _Command, symbol: str, now_ns: int) -> None:
        params = command.params
        problem = self._problem(params, symbol)
        if problem:
            self._refuse(session, command, problem, now_ns, symbol)
            return
        detail = _detail(params)
        topic = (params.channel, detail, symbol)
        result: dict[str, object] = {"channel": params.channel}
        if symbol:
            result["symbol"] = symbol
        result |= _echo(params)
        reply = {"method": command.method, "result": result, "success": True}
        if command.method == "unsubscribe":
            session.topics.discard(topic)
            self._drop_views()
            self._reply(session, reply, command.req_id, now_ns)
            return
        session.topics.add(topic)
        self._reply(session, reply, command.req_id, now_ns)
        if params.channel == "book":
            self._views.setdefault((symbol, params.depth), _View(self.markets[symbol], params.depth))
        if params.snapshot:
            session.outbox.append(self._snapshot(params, symbol, now_ns))

    def _problem(self, params: _Params, symbol: str) -> str | None:
        if params.channel not in _CHANNELS:
            return f"Channel {params.channel or 'is missing'} not supported"
        if params.channel != "instrument" and symbol not in self.markets:
            return f"Currency pair not supported {symbol}"
        if params.channel == "book" and params.depth not in DEPTHS:
            return f"Subscription depth not supported {params.depth}"
        if params.channel == "ohlc" and params.interval not in INTERVALS:
            return f"Subscription ohlc interval not supported {params.interval}"
        return None

    def _snapshot(self, params: _Params, symbol: str, now_ns: int) -> bytes:
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
            documents = [_bar(market, params.interval, now_ns)]
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
        self, session: KrakenSession, command: _Command, error: str, now_ns: int, symbol: str = ""
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


def _difference(
    old: list[tuple[int, int]], new: list[tuple[int, int]], book: dict[int, int]
) -> list[tuple[int, int]]:
    """Return deleted levels (size 0), then changed and new ones; none for those pushed out of sight."""
    known = dict(old)
    deleted = [(price, 0) for price in known if price not in book]
    return deleted + [(price, size) for price, size in new if known.get(price) != size]


def _detail(params: _Params) -> str:
    if params.channel == "book":
        return str(params.depth)
    if params.channel == "ohlc":
        return str(params.interval)
    return params.event_trigger if params.channel == "ticker" else ""


def _echo(params: _Params) -> dict[str, object]:
    """Return what an acknowledgement repeats of the request."""
    echo: dict[str, object] = {"snapshot": params.snapshot}
    if params.channel == "book":
        echo["depth"] = params.depth
    elif params.channel == "ohlc":
        echo["interval"] = params.interval
    elif params.channel == "ticker":
        echo["event_trigger"] = params.event_trigger
    return echo


def _frame(channel: str, kind: str, documents: Sequence[str]) -> bytes:
    return f'{{"channel":"{channel}","type":"{kind}","data":[{",".join(documents)}]}}'.encode()


def _bar(market: Market, interval: int, now_ns: int) -> str:
    """Write the bar under way."""
    listing = market.listing
    price, size = listing.price_decimals, listing.size_decimals
    present = now_ns // MINUTE_NS
    opened = present - present % interval
    bars = market.candles.bars(interval, opened, present + 1, now_ns)
    last = market.last.price if market.last else market.book.top[0]
    first, high, low, close, volume, count = (
        tuple(int(column[0]) for column in bars[1:7]) if bars else (last, last, last, last, 0, 0)
    )
    average = bars.quote_volume[0] / volume * 10**listing.size_decimals if volume else 0.0
    return (
        f'{{"symbol":"{listing.symbol}","open":{number(first, price)},"high":{number(high, price)},'
        f'"low":{number(low, price)},"close":{number(close, price)},"trades":{count},'
        f'"volume":{number(volume, size)},"vwap":{average:.{price}f},'
        f'"interval_begin":"{iso(opened * MINUTE_NS, digits=9)}","interval":{interval},'
        f'"timestamp":"{iso((opened + interval) * MINUTE_NS, digits=6)}"}}'
    )
