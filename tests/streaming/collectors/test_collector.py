"""The collector against a real websocket and HTTP server, with a venue of five words."""

import asyncio
import itertools
import json
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from market.clock import SystemClock
from market.codecs import decode_batch
from market.events import Bar, BookSnapshot, FeedState, FeedStatus, MarketEvent, Quote, Trade
from market.topics import QUOTES, TRADES
from runtime.errors import Permanent, Unavailable
from runtime.event_log import NewRecord
from streaming.collectors.collector import Collector, collect
from streaming.collectors.urls import base_urls
from streaming.settings import CollectorSettings
from tests.streaming.collectors.toy_exchange import SYMBOL, ToyExchange

WAIT_S = 20.0


class MemoryLog:
    """An event log that keeps events in memory, and can be taken away."""

    def __init__(self) -> None:
        self.events: list[tuple[str, MarketEvent]] = []
        self.is_up = True
        self.failure: Permanent | None = None

    def append(self, records: Sequence[NewRecord]) -> list[int]:
        if self.failure:
            raise self.failure
        if not self.is_up:
            raise Unavailable("gone")
        for record in records:
            self.events += [(record.topic.name, event) for event in decode_batch(record.payload).events]
        return [0] * len(records)

    def of(self, kind: type, topic: str = "") -> list[MarketEvent]:
        return [event for name, event in self.events if type(event) is kind and topic in ("", name)]


class Venue:
    """The toy venue's server: says what it is told to say, remembers what it hears."""

    def __init__(self) -> None:
        self.connections: list[ServerConnection] = []
        self.heard: list[str] = []
        self.failures_left = 0
        self._server: Server | None = None

    @property
    def address(self) -> str:
        assert self._server is not None
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return f"{host}:{port}"

    async def say(self, **message: object) -> None:
        await self.connections[-1].send(json.dumps(message))

    async def start(self) -> None:
        self._server = await serve(self._listen, "127.0.0.1", 0, process_request=self._answer)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _listen(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        async for message in connection:
            self.heard.append(message if isinstance(message, str) else message.decode())

    def _answer(self, _connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        if parts.path == "/stream":
            return None
        if self.failures_left:
            self.failures_left -= 1
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, "busy", Headers(), b"busy")
        query = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
        body = json.dumps({"book": 1} if parts.path == "/depth" else query).encode()
        return Response(HTTPStatus.OK, "OK", Headers({"Content-Length": str(len(body))}), body)


class Running:
    """A collector at work, its venue and its log."""

    def __init__(self, collector: Collector, venue: Venue, log: MemoryLog, task: asyncio.Task[None]) -> None:
        self.collector, self.venue, self.log, self.task = collector, venue, log, task

    async def until(self, condition: Callable[[], object], what: str) -> None:
        async with asyncio.timeout(WAIT_S):
            while not condition():
                assert not self.task.done() or self.task.exception() is None, what
                await asyncio.sleep(0.01)

    async def connected(self, times: int = 1) -> None:
        await self.until(lambda: len(self.venue.connections) >= times, f"{times} connections")


@asynccontextmanager
async def running(silence_s: float = 60.0, **settings: object) -> AsyncIterator[Running]:
    venue, log, stop = Venue(), MemoryLog(), threading.Event()
    await venue.start()
    exchange = ToyExchange(f"ws://{venue.address}", f"http://{venue.address}", silence_s)
    collector = Collector(
        exchange,
        [SYMBOL],
        ws_url=exchange.ws_url,
        rest_url=exchange.rest_url,
        event_log=log,  # type: ignore[arg-type]
        settings=CollectorSettings(**{"backfill_bars": 0, **settings}),  # type: ignore[arg-type]
        clock=SystemClock(),
    )
    task = asyncio.ensure_future(collect(collector, stop))
    try:
        yield Running(collector, venue, log, task)
    finally:
        stop.set()
        await asyncio.wait([task], timeout=WAIT_S)
        await venue.stop()


async def test_what_the_venue_says_is_in_the_log_within_milliseconds_and_in_order() -> None:
    async with running() as at_work:
        await at_work.connected()
        for number in range(50):
            await at_work.venue.say(do="trade", id=number)
        await at_work.venue.say(do="quote")
        await at_work.until(lambda: at_work.log.of(Quote), "the quote arrives")
        await at_work.until(lambda: len(at_work.log.of(Trade)) == 50, "the trades arrive")
        assert [event.trade_id for event in at_work.log.of(Trade)] == [str(number) for number in range(50)]  # type: ignore[union-attr]
        kinds = [type(event) for name, event in at_work.log.events if name == TRADES.name]
        assert kinds[0] is FeedStatus, "LIVE comes before the first trade of its partition"
        assert at_work.venue.heard == ["subscribe"]
        assert at_work.collector.problem() is None


async def test_a_lost_connection_is_told_and_opened_again() -> None:
    async with running() as at_work:
        await at_work.connected()
        await at_work.venue.say(do="trade", id=1)
        await at_work.until(lambda: at_work.log.of(Trade), "the first trade")
        await at_work.venue.connections[0].close()
        await at_work.connected(2)
        await at_work.venue.say(do="trade", id=2)
        await at_work.until(lambda: len(at_work.log.of(Trade)) == 2, "the second trade")
        states = [event.state for event in at_work.log.of(FeedStatus, TRADES.name)]  # type: ignore[union-attr]
        assert states == [FeedState.LIVE, FeedState.DOWN, FeedState.LIVE]


async def test_a_silent_connection_is_dead() -> None:
    async with running(silence_s=0.5) as at_work:
        await at_work.connected(2)
        assert "silent" not in at_work.venue.heard


async def test_a_snapshot_that_the_session_asks_for_is_fetched_again_when_the_venue_is_busy() -> None:
    async with running() as at_work:
        await at_work.connected()
        at_work.venue.failures_left = 1
        await at_work.venue.say(do="snapshot")
        await at_work.until(lambda: at_work.log.of(BookSnapshot), "the snapshot arrives")


async def test_whole_books_enter_the_log_now_and_then_so_that_readers_can_join() -> None:
    async with running(snapshot_interval_s=1.0) as at_work:
        await at_work.connected()
        await at_work.venue.say(do="snapshot")
        await at_work.until(lambda: len(at_work.log.of(BookSnapshot)) >= 2, "the periodic snapshot")
        first, second = at_work.log.of(BookSnapshot)[:2]
        assert (first.bids, first.asks) == (second.bids, second.asks)  # type: ignore[union-attr]


async def test_actions_of_the_session_reach_the_venue() -> None:
    async with running() as at_work:
        await at_work.connected()
        await at_work.venue.say(do="ping")
        await at_work.venue.say(do="resubscribe")
        await at_work.until(lambda: len(at_work.venue.heard) == 4, "all messages")
        assert at_work.venue.heard == ["subscribe", "pong", "unsubscribe", "subscribe"]
        await at_work.venue.say(do="reconnect")
        await at_work.connected(2)


async def test_history_is_fetched_page_by_page_without_a_hole() -> None:
    async with running(backfill_bars=700) as at_work:
        await at_work.until(lambda: len({bar.open_time for bar in at_work.log.of(Bar)}) >= 699, "the bars")  # type: ignore[union-attr]
        times = sorted({bar.open_time for bar in at_work.log.of(Bar)})  # type: ignore[union-attr]
        assert {after - before for before, after in itertools.pairwise(times)} == {60 * 10**9}


async def test_while_the_log_is_away_everything_waits_and_nothing_is_lost() -> None:
    async with running() as at_work:
        await at_work.connected()
        at_work.log.is_up = False
        for number in range(20):
            await at_work.venue.say(do="trade", id=number)
        await at_work.until(lambda: at_work.collector.problem() == "the event log does not answer", "noticed")
        at_work.log.is_up = True
        await at_work.until(lambda: len(at_work.log.of(Trade)) == 20, "all trades")
        assert len(at_work.venue.connections) == 1


async def test_a_full_buffer_stops_the_intake_and_says_so_then_goes_on_with_a_fresh_session() -> None:
    async with running(buffer_bytes_max=1024 * 1024) as at_work:
        await at_work.connected()
        at_work.log.is_up = False
        sent = 0
        while at_work.collector.problem() != "the buffer is full: intake is stopped":
            with suppress(ConnectionClosed):  # it hangs up as soon as the buffer is full
                for _ in range(200):
                    sent += 1
                    await at_work.venue.say(do="trade", id=sent, price="1" + "0" * 200)
            await asyncio.sleep(0.02)
        at_work.log.is_up = True
        await at_work.connected(2)
        await at_work.venue.say(do="trade", id=0)
        await at_work.until(
            lambda: at_work.log.of(Trade)[-1:] and at_work.log.of(Trade)[-1].trade_id == "0", "fresh"
        )  # type: ignore[union-attr]
        reasons = [event.reason for event in at_work.log.of(FeedStatus, TRADES.name)]  # type: ignore[union-attr]
        assert "buffer full" in reasons
        assert 1024 * 1024 / 300 < len(at_work.log.of(Trade)) <= sent + 1


async def test_dropped_quotes_are_told_to_the_readers_of_quotes() -> None:
    async with running(buffer_bytes_max=1024 * 1024) as at_work:
        await at_work.connected()
        at_work.log.is_up = False
        await at_work.venue.say(do="quote")
        await at_work.until(lambda: not at_work.collector._writer.is_connected, "noticed")
        at_work.collector._writer._dropped[QUOTES.name, at_work.collector._outbox._partitions[SYMBOL]] += 1
        at_work.log.is_up = True
        await at_work.until(lambda: len(at_work.log.of(FeedStatus, QUOTES.name)) == 2, "RESYNC and LIVE")
        assert {event.reason for event in at_work.log.of(FeedStatus, QUOTES.name)} == {"quotes.dropped"}  # type: ignore[union-attr]


async def test_a_log_that_refuses_for_good_ends_the_collector_with_its_reason() -> None:
    async with running() as at_work:
        await at_work.connected()
        at_work.log.failure = Permanent("no such topic")
        await at_work.venue.say(do="trade", id=1)
        await asyncio.wait([at_work.task], timeout=WAIT_S)
        with pytest.raises(Permanent, match="no such topic"):
            at_work.task.result()


def test_the_simulator_takes_the_place_of_both_addresses() -> None:
    exchange = ToyExchange("wss://toy", "https://toy")
    assert base_urls(exchange, None) == ("wss://toy", "https://toy")
    assert base_urls(exchange, "http://127.0.0.1:8100") == (
        "ws://127.0.0.1:8100/toy",
        "http://127.0.0.1:8100/toy",
    )
