"""The bars step: time passes by watermarks alone, and no bar is made of half a feed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.bars import BarState
from market.clock import NS_PER_S
from market.events import Bar, FeedState, MarketEvent, Trade
from market.topics import BARS, TRADES
from streaming.flows.bars import Bars, Snapshot, decode_snapshot
from tests.streaming.flows.rounds import PARTITION, a_round, received
from tests.support.market_events import MINUTE, NOON, bar, status, trade, trade_series

KEY = (TRADES.name, PARTITION)
LATENESS = 2 * NS_PER_S


def _bars() -> Bars:
    """Return the step with a sender that is known and a feed that was live before noon."""
    state = BarState(open_time=NOON, is_partial=False)
    return Bars(LATENESS, {KEY: Snapshot({"binance/1": 0}, {"BTC/USDT@binance": state})})


def _feed(bars: Bars, *events: MarketEvent, watermark: int = 0, sender: str = "binance/1") -> list[Bar]:
    return bars(a_round(received(events, watermark=watermark, sender=sender))).bars


def test_a_minute_closes_when_the_watermark_has_passed_it_by_the_lateness() -> None:
    bars = _bars()
    assert _feed(bars, trade(), watermark=NOON + MINUTE + LATENESS - 1) == []
    (built,) = _feed(bars, watermark=NOON + MINUTE + LATENESS)
    assert (built.open_time, built.trade_count) == (NOON, 1)


def test_our_own_clock_closes_nothing() -> None:
    bars = _bars()
    _feed(bars, trade())
    assert bars(a_round(received([]), now_ns=NOON + 100 * MINUTE)).bars == []


def test_a_watermark_of_another_venue_closes_nothing() -> None:
    bars = _bars()
    _feed(bars, trade())
    assert _feed(bars, watermark=NOON + 10 * MINUTE, sender="kraken/1") == []


def test_a_feed_that_lags_gets_its_lag_added_to_the_lateness() -> None:
    bars = _bars()
    _feed(bars, trade(received=NOON + 10 * NS_PER_S))
    assert _feed(bars, watermark=NOON + MINUTE + LATENESS + 9 * NS_PER_S) == []
    assert len(_feed(bars, watermark=NOON + MINUTE + LATENESS + 10 * NS_PER_S)) == 1


@pytest.mark.parametrize(
    "interruption",
    [
        status(FeedState.LIVE, "connected", NOON + 20),
        status(FeedState.DOWN, "connection lost", NOON + 20),
        status(FeedState.RESYNC, "frame.lost", NOON + 20),
    ],
)
def test_a_minute_in_which_trades_went_missing_gives_no_bar(interruption: MarketEvent) -> None:
    bars = _bars()
    assert _feed(bars, trade(), interruption, trade(at=NOON + 30), watermark=NOON + MINUTE + LATENESS) == []


def test_a_book_that_was_resynchronised_spoils_no_bar() -> None:
    bars = _bars()
    events = [
        trade(),
        status(FeedState.RESYNC, "book.sequence_gap", NOON + 20),
        status(FeedState.LIVE, "book.resynced", NOON + 30),
    ]
    assert len(_feed(bars, *events, watermark=NOON + MINUTE + LATENESS)) == 1


def test_a_collector_that_was_killed_leaves_no_bar_of_the_minute_that_it_did_not_see_whole() -> None:
    bars = _bars()
    _feed(bars, trade())
    assert _feed(bars, watermark=NOON + MINUTE + 30 * NS_PER_S, sender="binance/2") == []


def test_missing_batches_spoil_the_minute() -> None:
    bars = _bars()
    _feed(bars, trade())
    bars(a_round(received([], watermark=NOON + 30, has_gap=True, sequence=5)))
    assert _feed(bars, watermark=NOON + MINUTE + LATENESS) == []


def test_the_venues_bar_lets_a_silent_market_have_flat_bars_after_an_outage() -> None:
    bars = _bars()
    _feed(bars, status(FeedState.LIVE, "connected", NOON + 1), watermark=NOON + MINUTE + LATENESS)
    bars(a_round(received([bar(source="venue")], topic=BARS)))
    (flat,) = _feed(bars, watermark=NOON + 2 * MINUTE + LATENESS)
    assert (flat.open_time, flat.trade_count) == (NOON + MINUTE, 0)


@given(trade_series(), st.data())
def test_a_restart_anywhere_gives_the_same_bars_as_none(trades: list[Trade], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(trades)))
    end = NOON + 8 * MINUTE
    whole = _bars()
    expected = _feed(whole, *trades, watermark=end)
    first = _bars()
    before = first(a_round(received(trades[:cut], watermark=trades[cut - 1].ts_event if cut else 0)))
    second = Bars(LATENESS, {KEY: decode_snapshot(before.states[KEY])})
    after = _feed(second, *trades[cut:], watermark=end)
    strip = [
        (one.open_time, one.open, one.high, one.low, one.close, one.volume) for one in before.bars + after
    ]
    assert strip == [(one.open_time, one.open, one.high, one.low, one.close, one.volume) for one in expected]
