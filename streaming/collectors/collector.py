"""A venue's collector: its connections, the 5 ms flush, the back-pressure, snapshots and history."""

import asyncio
import threading

import structlog

from market.clock import NS_PER_MS, NS_PER_S, Clock
from market.events import Bar, BookSnapshot, FeedState, FeedStatus, MarketEvent, Trade
from market.topics import QUOTES, partition_for
from runtime.errors import RuntimeFailure
from runtime.event_log import EventLog
from streaming.collectors import metrics
from streaming.collectors.backfill import Backfill
from streaming.collectors.connection import Connection
from streaming.collectors.outbox import Outbox
from streaming.collectors.rest import Rest
from streaming.exchanges._interface import Decoded, Exchange
from streaming.log_writer import LogWriter
from streaming.senders import sender_name
from streaming.settings import CollectorSettings

FLUSH_NS_MAX = 50 * NS_PER_MS
"""Events are handed to the writer at least this often, however slow the log is."""

SILENCE_CHECK_S = 1.0
STOP_S = 3.0

log = structlog.get_logger()


class Collector:
    """Collect one venue's market data into the event log."""

    def __init__(
        self,
        exchange: Exchange,
        symbols: list[str],
        *,
        ws_url: str,
        rest_url: str,
        event_log: EventLog,
        settings: CollectorSettings,
        clock: Clock,
    ) -> None:
        """Take the venue, the symbols and where the venue is."""
        self._exchange, self._symbols = exchange, symbols
        self._settings, self._clock = settings, clock
        self._outbox = Outbox(sender_name(exchange.venue, clock.now_ns()), exchange.venue, symbols)
        self._writer = LogWriter(event_log, bytes_max=settings.buffer_bytes_max, droppable=(QUOTES,))
        self._rest = Rest(exchange.venue, rest_url)
        self._backfill = Backfill(exchange, self._rest, clock, self._take_bars)
        self._may_connect = asyncio.Event()
        self._connections = [
            Connection(
                exchange,
                subscription,
                ws_url=ws_url,
                rest=self._rest,
                clock=clock,
                on_decoded=self._take,
                pause_s_max=settings.reconnect_s_max,
            )
            for subscription in exchange.subscriptions(symbols)
        ]

    def problem(self) -> str | None:
        """Return why the collector does not do its work now, or nothing."""
        if not self._may_connect.is_set():
            return "the buffer is full: intake is stopped"
        if not self._writer.is_connected:
            return "the event log does not answer"
        silent = [connection for connection in self._connections if not connection.frames]
        return f"{len(silent)} of {len(self._connections)} connections have no data yet" if silent else None

    async def run(self, stop: threading.Event) -> None:
        """Collect until `stop` is set.

        Raises:
            Permanent: the log refuses our records for good.
        """
        self._may_connect.set()
        self._writer.start()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._flush_for_ever()),
                    group.create_task(self._check_for_ever()),
                    group.create_task(self._snapshot_for_ever()),
                    group.create_task(
                        self._backfill.fetch_history(self._symbols, self._settings.backfill_bars)
                    ),
                    *(group.create_task(each.run(self._may_connect)) for each in self._connections),
                ]
                while not stop.is_set() and self._writer.failure is None:  # noqa: ASYNC110  (a thread's event)
                    await asyncio.sleep(0.05)
                for task in tasks:
                    task.cancel()
        finally:
            self._backfill.close()
            await self._rest.close()
            self._flush()
            if left := self._writer.stop(STOP_S):
                log.warning("records_lost_at_stop", bytes=left)
        if self._writer.failure:
            raise self._writer.failure

    def _take(self, decoded: Decoded) -> None:
        """Take what a session made of a frame or answer."""
        if decoded.events:
            self._outbox.add(decoded.events)
            for event in decoded.events:
                self._count(event)
        elif decoded.ignored:
            metrics.IGNORED.labels(self._exchange.venue, decoded.ignored).inc()
        if decoded.quarantined:
            self._outbox.add(decoded.quarantined)
            for refused in decoded.quarantined:
                metrics.QUARANTINED.labels(self._exchange.venue, refused.reason).inc()

    def _count(self, event: MarketEvent) -> None:
        metrics.EVENTS.labels(self._exchange.venue, type(event).__name__).inc()
        if isinstance(event, FeedStatus):
            self._follow_status(event)
        elif isinstance(event, Trade):
            metrics.LAG_SECONDS.labels(self._exchange.venue).observe(
                (event.ts_init - event.ts_event) / NS_PER_S
            )

    def _follow_status(self, status: FeedStatus) -> None:
        """Let bars be repaired where trades were missing."""
        metrics.STATUS.labels(self._exchange.venue, status.state.value).inc()
        if status.state is FeedState.LIVE and status.reason != "book.resynced":
            self._backfill.repair(status.symbol, status.ts_init)
        elif status.state is FeedState.DOWN:
            self._backfill.note_outage(status.symbol, status.ts_init)
        elif status.reason == "frame.lost":
            self._backfill.repair(status.symbol, status.ts_init)

    def _take_bars(self, bars: list[Bar]) -> None:
        self._outbox.add(bars)

    def _flush(self) -> None:
        """Hand what waits to the writer, and tell readers of quotes that the writer had to drop."""
        watermark = min((connection.last_frame_ns for connection in self._connections), default=0)
        idle_after_ns = int(self._settings.watermark_interval_s * NS_PER_S)
        if dropped := self._writer.take_dropped():
            self._report_dropped({partition for _, partition in dropped})
            metrics.DROPPED.labels(self._exchange.venue).inc(dropped.total())
        records = self._outbox.flush(watermark, idle_after_ns=idle_after_ns)
        if records:
            self._writer.offer(records)
            metrics.BATCHES.labels(self._exchange.venue).inc(len(records))

    def _report_dropped(self, partitions: set[int]) -> None:
        now_ns, venue = self._clock.now_ns(), self._exchange.venue
        for symbol in self._symbols:
            if partition_for(f"{symbol}@{venue}", QUOTES) in partitions:
                for state in (FeedState.RESYNC, FeedState.LIVE):
                    status = FeedStatus(
                        venue=venue, symbol=symbol, ts_event=now_ns, ts_init=now_ns, state=state,
                        reason="quotes.dropped",
                    )  # fmt: skip
                    self._outbox.add_to(QUOTES, status)

    async def _flush_for_ever(self) -> None:
        interval_s = self._settings.flush_ms * NS_PER_MS / NS_PER_S
        flushed_ns = 0
        while True:
            await asyncio.sleep(interval_s)
            now_ns = self._clock.now_ns()
            if self._writer.has_waiting and now_ns - flushed_ns < FLUSH_NS_MAX:
                continue  # it would only wait there: fewer and larger batches let the log catch up
            flushed_ns = now_ns
            self._flush()
            if self._writer.is_full and self._may_connect.is_set():
                self._stop_intake()

    def _stop_intake(self) -> None:
        """Hang up: what can't be kept must not be read. The outage shows as DOWN, then LIVE."""
        self._may_connect.clear()
        metrics.INTAKE_STOPS.labels(self._exchange.venue).inc()
        log.error("intake_stopped", reason="the buffer is full", bytes=self._writer.pending_bytes)
        for connection in self._connections:
            connection.close("buffer full")

    async def _check_for_ever(self) -> None:
        venue = self._exchange.venue
        frames = 0
        while True:
            await asyncio.sleep(SILENCE_CHECK_S)
            for connection in self._connections:
                connection.check_silence()
            metrics.BUFFER_BYTES.labels(venue).set(self._writer.pending_bytes)
            total = sum(connection.frames for connection in self._connections)
            metrics.FRAMES.labels(venue).inc(total - frames)
            frames = total
            if (
                not self._may_connect.is_set()
                and 2 * self._writer.pending_bytes < self._settings.buffer_bytes_max
            ):
                log.info("intake_resumed")
                self._may_connect.set()

    async def _snapshot_for_ever(self) -> None:
        """Put every whole book into the log now and then, so that readers can join."""
        while True:
            await asyncio.sleep(self._settings.snapshot_interval_s)
            for connection in self._connections:
                for symbol in connection.symbols:
                    if snapshot := self._snapshot(connection, symbol):
                        self._outbox.add([snapshot])
                await asyncio.sleep(0)

    def _snapshot(self, connection: Connection, symbol: str) -> BookSnapshot | None:
        book = connection.book(symbol)
        if book is None:
            return None
        return BookSnapshot(
            venue=self._exchange.venue,
            symbol=symbol,
            ts_event=connection.last_frame_ns,
            ts_init=connection.last_frame_ns,
            sequence=book.sequence,
            bids=book.bids(self._settings.snapshot_depth),
            asks=book.asks(self._settings.snapshot_depth),
        )


async def collect(collector: Collector, stop: threading.Event) -> None:
    """Run a collector until stopped; the first failure of ours comes out as itself."""
    try:
        await collector.run(stop)
    except* RuntimeFailure as failures:
        raise failures.exceptions[0] from None
