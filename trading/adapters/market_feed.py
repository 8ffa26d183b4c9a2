"""Feeds the engine from the event log: live frames, bars and quality, in a thread of its own.

It starts at the end of each topic: the past comes from the `bars` table, and an old frame is no
price. After an outage it jumps to the end of the live topics again, and reads on in the bars.
"""

from collections.abc import Callable
from threading import Event, Thread

import structlog

from market.clock import NS_PER_S, Clock
from market.codecs import decode_batch
from market.errors import BadMessage
from market.events import Bar, LiveFrame, MarketEvent, Quality
from market.topics import BARS, LIVE, QUALITY, Topic
from runtime.errors import Unavailable
from runtime.event_log import EventLog, Record
from trading.adapters.telemetry import FEED_EVENTS, FEED_FAILURES, FEED_LAG

TOPICS: tuple[Topic, ...] = (LIVE, QUALITY, BARS)
READ_WAIT_S = 0.5
RETRY_S = 0.5

log = structlog.get_logger(__name__)


class MarketFeed:
    """Reads market.live, market.quality and market.bars, and calls back for each event.

    `on_gap` is called when live frames will be missed: what was known then is no price any more.
    All callbacks run in the feed's thread. One that raises ends the feed: `failure` is set and
    `on_failure` called, because a trading process that can't follow the market has to exit.
    """

    def __init__(
        self,
        event_log: EventLog,
        *,
        clock: Clock,
        on_live: Callable[[LiveFrame], None],
        on_bar: Callable[[Bar], None],
        on_quality: Callable[[Quality], None],
        on_gap: Callable[[], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._event_log = event_log
        self._clock = clock
        self._on_live = on_live
        self._on_bar = on_bar
        self._on_quality = on_quality
        self._on_gap = on_gap
        self._on_failure = on_failure
        self._positions: dict[tuple[str, int], int] = {}
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="market-feed", daemon=True)
        self.is_reading = False
        self.failure: Exception | None = None

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Stop and wait for the thread."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._read_once()
        except Exception as error:  # the thread's outermost loop: say it, and let the process end
            self.failure = error
            log.exception("market_feed_failed", code=getattr(error, "code", "unexpected"))
            self._on_failure(error)
        finally:
            self.is_reading = False

    def _read_once(self) -> None:
        try:
            self._seek()
            records = self._event_log.read(self._positions, wait_s=READ_WAIT_S)
        except Unavailable as error:
            if self.is_reading:
                log.warning("market_feed_lost", reason=str(error))
            FEED_FAILURES.labels(error.code).inc()
            self._forget_live()
            self._stopped.wait(RETRY_S)
            return
        self.is_reading = True
        for record in records:
            self._positions[record.topic, record.partition] = record.offset + 1
            self._take(record)

    def _seek(self) -> None:
        for topic in TOPICS:
            if (topic.name, 0) not in self._positions:
                for partition, (_, end) in self._event_log.bounds(topic).items():
                    self._positions[topic.name, partition] = end

    def _forget_live(self) -> None:
        self.is_reading = False
        self._on_gap()
        for topic in (LIVE, QUALITY):
            for partition in range(topic.partitions):
                self._positions.pop((topic.name, partition), None)

    def _take(self, record: Record) -> None:
        try:
            events = decode_batch(record.payload).events
        except BadMessage as error:
            log.warning("market_message_refused", topic=record.topic, offset=record.offset, reason=str(error))
            FEED_FAILURES.labels(error.code).inc()
            return
        for event in events:
            self._dispatch(event)
        if record.topic == LIVE.name and events:
            FEED_EVENTS.labels("live").inc(len(events))
            FEED_LAG.observe(max(0, self._clock.now_ns() - events[-1].ts_init) / NS_PER_S)

    def _dispatch(self, event: MarketEvent) -> None:
        match event:
            case LiveFrame():
                self._on_live(event)
            case Bar():
                FEED_EVENTS.labels("bar").inc()
                self._on_bar(event)
            case Quality():
                FEED_EVENTS.labels("quality").inc()
                self._on_quality(event)
            case _:
                FEED_FAILURES.labels("feed.unexpected_kind").inc()
