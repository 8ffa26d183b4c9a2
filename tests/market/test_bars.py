"""Bars are a function of the trades: whole, gapless, and silent about minutes not seen whole."""

import itertools
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from market.bars import FLAT_BARS_MAX, BarBuilder, BarState, first_whole_bar, merge_bars
from market.events import Bar, Trade
from market.instruments import InstrumentId
from tests.support.market_events import MINUTE, NOON, bar, prices, trade, trade_series

BTC = InstrumentId("BTC/USDT", "binance")
END = NOON + 10 * MINUTE


def _whole_builder() -> BarBuilder:
    """Return a builder whose feed was live long before noon."""
    return BarBuilder(BTC, "1m", BarState(open_time=NOON, is_partial=False))


def _build(builder: BarBuilder, trades: list[Trade], until: int = END) -> list[Bar]:
    built = [closed for event in trades for closed in builder.add(event, event.ts_init)]
    return built + builder.advance(until, until)


@given(trade_series())
def test_bars_of_trades_equal_those_counted_by_brute_force(trades: list[Trade]) -> None:
    built = _build(_whole_builder(), trades)
    by_minute: dict[int, list[Trade]] = {}
    for event in trades:
        by_minute.setdefault(event.ts_event // MINUTE * MINUTE, []).append(event)
    with_trades = [one for one in built if one.trade_count]
    assert [one.open_time for one in with_trades] == sorted(by_minute)
    for one in with_trades:
        inside = by_minute[one.open_time]
        assert (one.open, one.close) == (inside[0].price, inside[-1].price)
        assert one.high == max(event.price for event in inside)
        assert one.low == min(event.price for event in inside)
        assert one.volume == sum((event.size for event in inside), Decimal(0))
        assert one.trade_count == len(inside)


@given(trade_series())
def test_bars_have_no_holes_after_the_first_trade(trades: list[Trade]) -> None:
    built = _build(_whole_builder(), trades)
    assert [one.open_time for one in built] == list(range(built[0].open_time, END, MINUTE))
    for before, after in itertools.pairwise(built):
        if after.trade_count == 0:
            assert {after.open, after.high, after.low, after.close} == {before.close}
            assert after.volume == 0


@given(trade_series(), st.data())
def test_a_builder_restored_from_its_state_goes_on_as_if_nothing_happened(
    trades: list[Trade], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(trades)))
    whole = _build(_whole_builder(), trades)
    first = _whole_builder()
    built = [closed for event in trades[:cut] for closed in first.add(event, event.ts_init)]
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(first.state), type=BarState)
    assert built + _build(BarBuilder(BTC, "1m", kept), trades[cut:]) == whole


@given(st.lists(st.tuples(prices, prices), min_size=3, max_size=3))
def test_merging_bars_is_associative(pairs: list[tuple[Decimal, Decimal]]) -> None:
    a, b, c = (
        bar(NOON + index * MINUTE, prices=(str(p), str(max(p, q)), str(min(p, q)), str(q)))
        for index, (p, q) in enumerate(pairs)
    )
    assert merge_bars(merge_bars(a, b), c) == merge_bars(a, merge_bars(b, c))


@given(trade_series(minutes=2))
def test_merged_minutes_equal_the_two_minute_bar_of_the_same_trades(trades: list[Trade]) -> None:
    minutes = [one for one in _build(_whole_builder(), trades, NOON + 2 * MINUTE) if one.trade_count]
    wide = BarBuilder(BTC, "2m", BarState(open_time=NOON, is_partial=False))
    expected = [closed for event in trades for closed in wide.add(event, event.ts_init)]
    expected += wide.advance(NOON + 2 * MINUTE, NOON + 2 * MINUTE)
    merged = minutes[0] if len(minutes) == 1 else merge_bars(minutes[0], minutes[1])
    for field in ("open", "high", "low", "close", "volume", "trade_count"):
        assert getattr(merged, field) == getattr(expected[0], field)


def test_the_minute_in_which_a_feed_began_gives_no_bar() -> None:
    builder = BarBuilder(BTC, "1m")
    assert builder.add(trade(at=NOON + 30), NOON) == []
    assert builder.advance(NOON + MINUTE, NOON + MINUTE) == []
    assert len(builder.advance(NOON + 2 * MINUTE, 0)) == 1, "the next minute is flat and whole"


def test_an_interrupted_minute_gives_no_bar_and_the_next_one_does() -> None:
    builder = _whole_builder()
    builder.add(trade("100"), 0)
    builder.interrupt(NOON + 20)
    builder.add(trade("101", at=NOON + 40), 0)
    builder.add(trade("102", at=NOON + MINUTE + 1), 0)
    built = builder.advance(NOON + 2 * MINUTE, 0)
    assert [(one.open_time, one.open) for one in built] == [(NOON + MINUTE, Decimal(102))]


def test_an_interruption_of_an_earlier_minute_spoils_the_bar_under_way_too() -> None:
    builder = _whole_builder()
    builder.add(trade(at=NOON + MINUTE), 0)
    builder.interrupt(NOON)
    assert builder.advance(NOON + 2 * MINUTE, 0) == []


def test_a_late_trade_changes_no_bar() -> None:
    builder = _whole_builder()
    builder.add(trade("100", at=NOON + MINUTE), 0)
    builder.add(trade("500", at=NOON + 1), 0)
    assert builder.advance(NOON + 2 * MINUTE, 0)[-1].high == Decimal(100)


def test_a_silence_longer_than_a_day_is_a_hole_and_not_a_thousand_flat_bars() -> None:
    builder = _whole_builder()
    builder.add(trade(), 0)
    assert len(builder.advance(NOON + (FLAT_BARS_MAX + 5) * MINUTE, 0)) == 1


def test_after_an_interruption_the_venues_bar_says_at_which_price_a_silence_is_flat() -> None:
    builder = _whole_builder()
    builder.interrupt(NOON + 10)
    builder.advance(NOON + MINUTE, 0)
    builder.settle(bar(NOON, source="venue"))
    built = builder.advance(NOON + 2 * MINUTE, 0)
    assert [(one.close, one.volume) for one in built] == [(Decimal(105), Decimal(0))]


def test_a_bar_of_the_venue_does_not_move_a_price_that_trades_have_set() -> None:
    builder = _whole_builder()
    builder.add(trade("42", at=NOON + MINUTE), 0)
    builder.settle(bar(NOON, source="venue"))
    assert builder.advance(NOON + 2 * MINUTE, 0)[-1].close == Decimal(42)


def test_a_feed_that_goes_live_just_before_a_minute_sees_only_the_one_after_whole() -> None:
    assert first_whole_bar(NOON + 10 * 10**9, "1m") == NOON + MINUTE
    assert first_whole_bar(NOON + 57 * 10**9, "1m") == NOON + 2 * MINUTE
