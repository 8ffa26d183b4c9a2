"""The engine's feed reads from the end, survives outages, and ends loudly when a reader fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from market.clock import ManualClock
from market.codecs import encode_batch
from market.events import Bar, LiveFrame, MarketEvent, Quality
from market.topics import BARS, LIVE, QUALITY, TRADES, Topic
from runtime.errors import Unavailable
from runtime.event_log import EventLog, NewRecord, Record, open_event_log
from runtime.settings import CoreSettings
from tests.support.servers import until
from tests.trading.core.builders import START_NS, bar, frame, quality
from trading.adapters.market_feed import MarketFeed
from trading.errors import JournalUnavailable


class Heard:
    """Remembers what the feed called back with."""

    def __init__(self) -> None:
        self.frames: list[LiveFrame] = []
        self.bars: list[Bar] = []
        self.qualities: list[Quality] = []
        self.failures: list[Exception] = []
        self.gaps: list[int] = []


class WeakLog:
    """A real event log that can be cut off."""

    def __init__(self, inner: EventLog) -> None:
        self._inner = inner
        self.is_cut = False
        self.refusals = 0

    def read(
        self, positions: Mapping[tuple[str, int], int], *, wait_s: float, records_max: int = 500
    ) -> list[Record]:
        self._check()
        return self._inner.read(positions, wait_s=min(wait_s, 0.05), records_max=records_max)

    def bounds(self, topic: Topic) -> dict[int, tuple[int, int]]:
        self._check()
        return self._inner.bounds(topic)

    def _check(self) -> None:
        if self.is_cut:
            self.refusals += 1
            raise Unavailable("cut off by the test")


@pytest.fixture
def event_log(postgres_settings: CoreSettings) -> Iterator[EventLog]:
    log = open_event_log(postgres_settings)
    log.create_topics([LIVE, QUALITY, BARS, TRADES])
    yield log
    log.close()


def send(event_log: EventLog, topic: Topic, *events: MarketEvent, partition: int = 0) -> None:
    payload = encode_batch(list(events), sender="test", sequence=1)
    event_log.append([NewRecord(topic, partition, payload)])


@pytest.fixture
def run_feed(
    event_log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[MarketFeed, WeakLog, Heard]]]:
    monkeypatch.setattr("trading.adapters.market_feed.RETRY_S", 0.02)
    feeds: list[MarketFeed] = []

    def start(on_live: Callable[[LiveFrame], None] | None = None) -> tuple[MarketFeed, WeakLog, Heard]:
        heard, weak = Heard(), WeakLog(event_log)
        feed = MarketFeed(
            weak,  # type: ignore[arg-type]
            clock=ManualClock(START_NS),
            on_live=on_live or heard.frames.append,
            on_bar=heard.bars.append,
            on_quality=heard.qualities.append,
            on_gap=lambda: heard.gaps.append(len(heard.frames)),
            on_failure=heard.failures.append,
        )
        feed.start()
        feeds.append(feed)
        until(lambda: feed.is_reading, what="the feed reads")
        return feed, weak, heard

    yield start
    for feed in feeds:
        feed.stop()


def bars(count: int) -> Sequence[Bar]:
    return [
        bar(close=str(number + 1), close_time=START_NS + number * 60_000_000_000) for number in range(count)
    ]


def test_the_feed_starts_at_the_end_and_hears_all_three_topics(
    event_log: EventLog, run_feed: Callable[..., tuple[MarketFeed, WeakLog, Heard]]
) -> None:
    send(event_log, LIVE, frame(sequence=1))
    _, _, heard = run_feed()

    send(event_log, LIVE, frame(sequence=2), frame(sequence=3))
    send(event_log, QUALITY, quality())
    for partition in range(BARS.partitions):
        send(event_log, BARS, *bars(1), partition=partition)

    until(lambda: len(heard.bars) == BARS.partitions and bool(heard.frames) and bool(heard.qualities))
    assert [item.sequence for item in heard.frames] == [2, 3]


def test_after_an_outage_old_frames_are_passed_over_and_no_bar_is_missed(
    event_log: EventLog, run_feed: Callable[..., tuple[MarketFeed, WeakLog, Heard]]
) -> None:
    feed, weak, heard = run_feed()
    weak.is_cut = True
    until(lambda: weak.refusals > 1)
    assert not feed.is_reading
    send(event_log, LIVE, frame(sequence=1))
    send(event_log, BARS, *bars(2))

    weak.is_cut = False
    until(lambda: len(heard.bars) == 2)
    send(event_log, LIVE, frame(sequence=2))

    until(lambda: bool(heard.frames))
    assert [item.sequence for item in heard.frames] == [2]
    assert set(heard.gaps) == {0}, "told before the first frame after it"
    assert feed.failure is None


def test_bytes_that_are_no_batch_are_passed_over_with_a_word(
    event_log: EventLog, run_feed: Callable[..., tuple[MarketFeed, WeakLog, Heard]]
) -> None:
    _, _, heard = run_feed()
    event_log.append([NewRecord(LIVE, 0, b"not a batch")])
    send(event_log, LIVE, quality(), frame(sequence=9))

    until(lambda: bool(heard.frames))
    assert heard.failures == []


def test_a_reader_that_fails_ends_the_feed_and_is_reported(
    event_log: EventLog, run_feed: Callable[..., tuple[MarketFeed, WeakLog, Heard]]
) -> None:
    def fail(_: LiveFrame) -> None:
        raise JournalUnavailable("the journal is gone")

    feed, _, heard = run_feed(fail)

    send(event_log, LIVE, frame())

    until(lambda: bool(heard.failures))
    assert feed.failure is heard.failures[0]
    assert not feed.is_reading
