"""One run of the flows: begin where the tables say, carry rounds until stopped or something fails.

A failure that passes (the log or the database went away) ends the run and the next one begins after
a pause: recovering and starting are the same code.
"""

import threading
from decimal import Decimal

import structlog
from bytewax.run import cli_main

from market.clock import NS_PER_MS, NS_PER_S, Clock
from market.instruments import InstrumentId
from market.topics import BARS, BOOKS, LIVE, MARKET_PARTITIONS, QUALITY, QUARANTINE, QUOTES, TOPICS, TRADES
from market.validation import Context, Limits
from runtime.advisory_locks import AdvisoryLock
from runtime.errors import Transient, Unavailable
from runtime.event_log import EventLog, open_event_log
from runtime.health import HealthServer
from runtime.postgres import Connection, connect
from runtime.settings import CoreSettings
from streaming.flows.archive import Archive
from streaming.flows.bars import Bars
from streaming.flows.books import Books
from streaming.flows.dataflow import Steps, market_flow
from streaming.flows.decode import Decoder
from streaming.flows.metrics import RESTARTS
from streaming.flows.positions import Start, load_start
from streaming.flows.quality import FeedQuality, QualityLimits
from streaming.flows.retention import TickPartitions
from streaming.flows.sinks import ArchiveSink, TopicSink
from streaming.flows.source import Control, LogSource
from streaming.flows.validate import Gate
from streaming.log_writer import LogWriter
from streaming.senders import FLOWS, sender_name
from streaming.settings import FlowsSettings

FLOW = "market"
INPUTS = (TRADES, QUOTES, BOOKS, BARS, QUARANTINE)
LIVE_BYTES_MAX = 8 * 1024 * 1024
PAUSE_S_MIN, PAUSE_S_MAX = 0.5, 5.0
STOP_S = 4.0

log = structlog.get_logger()


class Flows:
    """The flows of one process."""

    def __init__(self, core: CoreSettings, settings: FlowsSettings, clock: Clock) -> None:
        """Take the settings and the clock."""
        self._core, self._settings, self._clock = core, settings, clock

    def run(self, stop: threading.Event, health: HealthServer) -> None:
        """Run until `stop` is set, beginning anew when the log or the database went away.

        Raises:
            Permanent: a failure that no retry mends.
        """
        pause_s = PAUSE_S_MIN
        while not stop.is_set():
            began_ns = self._clock.now_ns()
            try:
                self._run_once(stop, health)
            except Transient as failure:
                health.set_ready(is_ready=False, reason=str(failure))
                log.warning("flows_interrupted", reason=str(failure), again_in_s=pause_s)
                RESTARTS.inc()
                stop.wait(pause_s)
                lasted_s = (self._clock.now_ns() - began_ns) / NS_PER_S
                pause_s = PAUSE_S_MIN if lasted_s > 60 else min(2 * pause_s, PAUSE_S_MAX)

    def _run_once(self, stop: threading.Event, health: HealthServer) -> None:
        event_log = open_event_log(self._core)
        try:
            event_log.create_topics(TOPICS)
            connection = connect(self._core, name="flows-archive")
            try:
                self._flow(event_log, connection, stop, health)
            finally:
                connection.close()
        finally:
            event_log.close()

    def _flow(
        self, event_log: EventLog, connection: Connection, stop: threading.Event, health: HealthServer
    ) -> None:
        _lock(connection)
        start = load_start(connection, event_log, FLOW, INPUTS, range(MARKET_PARTITIONS))
        sender = sender_name(FLOWS, self._clock.now_ns())
        control = Control()
        archive = Archive(
            connection,
            event_log,
            flow=FLOW,
            sender=sender,
            incarnations=start.incarnations,
            ticks=TickPartitions(self._core, self._clock),
            pending_rows_max=self._settings.pending_rows_max,
        )
        writer = LogWriter(event_log, bytes_max=LIVE_BYTES_MAX, droppable=(LIVE, QUALITY))
        flow = market_flow(
            LogSource(event_log, start.read_from, control, self._clock),
            self._steps(start),
            live=TopicSink(LIVE, writer, sender),
            quality=TopicSink(QUALITY, writer, sender),
            archive=ArchiveSink(archive, control, interval_ms=self._settings.commit_interval_ms),
        )
        archive.start()
        writer.start()
        runner = threading.Thread(target=cli_main, args=(flow,), name="bytewax", daemon=True)
        runner.start()
        log.info("flows_reading", partitions=len(start.read_from), lost=len(start.lost))
        health.set_ready(is_ready=True)
        while runner.is_alive() and archive.is_working and not stop.wait(0.1) and not control.is_stopping:
            if writer.failure:
                control.fail(writer.failure)
        control.stop()
        runner.join(STOP_S)
        archive.stop(STOP_S)
        writer.stop(1.0)
        health.set_ready(is_ready=False, reason="stopping")
        if failure := control.failure or archive.failure:
            raise failure
        if not stop.is_set():
            raise Unavailable("the dataflow or its archive ended by itself; the error stands above")

    def _steps(self, start: Start) -> Steps:
        settings = self._settings
        instruments = [
            InstrumentId(symbol, venue) for venue in self._core.venues for symbol in self._core.symbols
        ]
        limits = Limits(jump_ratio_max=Decimal(str(settings.jump_ratio_max)))
        bars = Bars(int(settings.lateness_ms * NS_PER_MS), start.snapshots)
        for key in start.lost:
            bars.interrupt(key, self._clock.now_ns())
        return Steps(
            Decoder(start.committed, {key: snapshot.sequences for key, snapshot in start.snapshots.items()}),
            Gate(Context(instruments, limits)),
            Books(int(settings.live_interval_ms * NS_PER_MS)),
            bars,
            FeedQuality(
                QualityLimits(
                    stale_ns=int(settings.stale_s * NS_PER_S),
                    clean_ns=int(settings.clean_s * NS_PER_S),
                    burst=settings.quarantine_burst,
                ),
                instruments,
            ),
        )


def _lock(connection: Connection) -> None:
    """Make sure that no other process writes as this flow; the lock goes with the connection.

    Raises:
        Unavailable: another one does.
    """
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (AdvisoryLock.WRITE_FLOW,)).fetchone()
    connection.commit()
    if row != (True,):
        raise Unavailable("another process runs the flows on this database; waiting for it to end")
