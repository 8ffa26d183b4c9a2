"""Quality: sound, degraded until it was clean for a while, stale when silent."""

from market.clock import NS_PER_S
from market.events import FeedState, MarketEvent, Quality, QualityState, Quarantined
from market.instruments import InstrumentId
from streaming.flows.quality import FeedQuality, QualityLimits
from streaming.flows.rounds import Refused
from tests.streaming.flows.rounds import a_round, received
from tests.support.market_events import NOON, status, trade

BTC = InstrumentId("BTC/USDT", "binance")


def _quality() -> FeedQuality:
    return FeedQuality(QualityLimits(), [BTC])


def _see(quality: FeedQuality, second: float, *events: MarketEvent) -> list[Quality]:
    return quality(a_round(received(events), now_ns=NOON + int(second * NS_PER_S))).quality


def _refuse(quality: FeedQuality, second: float, reason: str) -> list[Quality]:
    at = NOON + int(second * NS_PER_S)
    event = Quarantined(
        venue="binance", symbol="BTC/USDT", ts_event=at, ts_init=at, reason=reason, detail="", raw=b""
    )
    round_ = a_round(now_ns=at)
    round_.refused = [Refused(event, "x", is_ours=True)]
    return quality(round_).quality


def _tick(second: float) -> MarketEvent:
    return trade(at=NOON + int(second * NS_PER_S))


def test_a_market_that_was_never_heard_is_stale() -> None:
    (report,) = _see(_quality(), 0)
    assert (report.state, report.reason) == (QualityState.STALE, "nothing received yet")


def test_a_heard_market_is_sound_and_reported_once_a_second() -> None:
    quality = _quality()
    assert [report.state for report in _see(quality, 0, _tick(0))] == [QualityState.OK]
    assert _see(quality, 0.5, _tick(0.5)) == []
    (report,) = _see(quality, 1.0, _tick(1))
    assert report.updates_per_s == 2.0


def test_the_lag_is_the_median_of_the_last_second() -> None:
    quality = _quality()
    lagging = [trade(received=NOON + ms * 1_000_000) for ms in (5, 7, 900)]
    assert _see(quality, 0, *lagging)[0].lag_ms == 7.0


def test_silence_makes_a_market_stale_at_once_and_an_update_brings_it_back() -> None:
    quality = _quality()
    _see(quality, 0, _tick(0))
    assert [report.state for report in _see(quality, 5.1)] == [QualityState.STALE]
    assert [report.state for report in _see(quality, 5.2, _tick(5.2))] == [QualityState.OK]


def test_a_gap_degrades_until_a_clean_minute_has_passed() -> None:
    quality = _quality()
    _see(quality, 0, _tick(0), status(FeedState.RESYNC, "book.sequence_gap"))
    _see(quality, 0.1, status(FeedState.LIVE, "book.resynced", NOON + NS_PER_S // 10))
    for second in range(1, 60):
        (report,) = _see(quality, second, _tick(second))
        assert (report.state, report.reason, report.gaps) == (QualityState.DEGRADED, "book.sequence_gap", 1)
    assert _see(quality, 60, _tick(60))[0].state is QualityState.OK


def test_a_book_that_is_not_back_keeps_its_market_degraded_however_clean_the_rest_is() -> None:
    quality = _quality()
    _see(quality, 0, _tick(0), status(FeedState.RESYNC, "book.sequence_gap"))
    assert _see(quality, 300, _tick(300))[0].state is QualityState.DEGRADED
    back = status(FeedState.LIVE, "book.resynced", NOON + 301 * NS_PER_S)
    assert _see(quality, 301, _tick(301), back)[0].state is QualityState.OK


def test_the_same_change_in_trades_and_in_books_counts_once() -> None:
    quality = _quality()
    change = status(FeedState.RESYNC, "book.sequence_gap")
    assert _see(quality, 0, _tick(0), change, change)[0].gaps == 1


def test_a_feed_that_is_down_is_stale_before_the_silence_shows() -> None:
    quality = _quality()
    _see(quality, 0, _tick(0))
    (report,) = _see(quality, 0.2, status(FeedState.DOWN, "connection lost", NOON + 1))
    assert (report.state, report.reason) == (QualityState.STALE, "connection lost")
    (report,) = _see(quality, 0.3, status(FeedState.LIVE, "connected", NOON + 2), _tick(0.3))
    assert report.state is QualityState.DEGRADED


def test_one_refusal_is_counted_and_a_burst_degrades() -> None:
    quality = _quality()
    _see(quality, 0, _tick(0))
    assert _refuse(quality, 0.1, "data.jump") == []
    for _ in range(3):
        assert _refuse(quality, 0.2, "data.jump") == []
    (report,) = _refuse(quality, 0.3, "data.jump")
    assert report.state is QualityState.DEGRADED
    assert report.quarantined == 5


def test_refusals_far_apart_are_no_burst() -> None:
    quality = _quality()
    for number in range(10):
        second = number * 30.0
        _see(quality, second, _tick(second))
        assert QualityState.DEGRADED not in {report.state for report in _refuse(quality, second, "data.jump")}


def test_a_crossed_book_degrades_at_once() -> None:
    quality = _quality()
    _see(quality, 0, _tick(0))
    assert _refuse(quality, 0.1, "data.crossed_book")[0].state is QualityState.DEGRADED
