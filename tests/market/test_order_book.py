"""The order book equals a naive model that sorts everything at each step."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from market.clock import NS_PER_S, SystemClock
from market.events import Level
from market.order_book import OrderBook
from tests.support.market_events import delta, levels, snapshot

ticks = st.integers(1, 60).map(Decimal)
level_lists = st.lists(st.tuples(ticks, st.integers(0, 4).map(Decimal)), max_size=12)
whole_sides = st.lists(
    st.tuples(ticks, st.integers(0, 4).map(Decimal)), max_size=40, unique_by=lambda level: level[0]
)
steps = st.lists(st.tuples(level_lists, level_lists), max_size=25)


def _apply(side: dict[Decimal, Decimal], changes: list[Level]) -> None:
    for price, size in changes:
        if size:
            side[price] = size
        else:
            side.pop(price, None)


@given(whole_sides, whole_sides, steps, st.integers(1, 40))
def test_a_book_equals_the_naive_model_after_every_delta(
    bids: list[Level], asks: list[Level], changes: list[tuple[list[Level], list[Level]]], depth: int
) -> None:
    book, naive_bids, naive_asks = OrderBook(), dict[Decimal, Decimal](), dict[Decimal, Decimal]()
    book.replace(snapshot(bids, asks))
    _apply(naive_bids, bids)
    _apply(naive_asks, asks)
    for bid_changes, ask_changes in changes:
        book.apply(delta(bid_changes, ask_changes))
        _apply(naive_bids, bid_changes)
        _apply(naive_asks, ask_changes)
        sorted_bids = sorted(naive_bids.items(), reverse=True)
        sorted_asks = sorted(naive_asks.items())
        assert book.bids(depth) == sorted_bids[:depth]
        assert book.asks(depth) == sorted_asks[:depth]
        assert book.best_bid == (sorted_bids[0] if sorted_bids else None)
        assert book.best_ask == (sorted_asks[0] if sorted_asks else None)
        is_crossed = bool(sorted_bids and sorted_asks and sorted_bids[0][0] >= sorted_asks[0][0])
        assert book.is_crossed is is_crossed


@given(whole_sides, whole_sides, steps)
def test_a_snapshot_of_the_present_rebuilds_the_same_book(
    bids: list[Level], asks: list[Level], changes: list[tuple[list[Level], list[Level]]]
) -> None:
    book = OrderBook()
    book.replace(snapshot(bids, asks))
    for bid_changes, ask_changes in changes:
        book.apply(delta(bid_changes, ask_changes))
    rebuilt = OrderBook()
    rebuilt.replace(snapshot(book.bids(1000), book.asks(1000)))
    assert rebuilt.bids(1000) == book.bids(1000)
    assert rebuilt.asks(1000) == book.asks(1000)


@given(whole_sides, whole_sides, steps, st.integers(1, 10))
def test_a_truncated_book_keeps_the_best_levels(
    bids: list[Level], asks: list[Level], changes: list[tuple[list[Level], list[Level]]], depth: int
) -> None:
    book = OrderBook()
    book.replace(snapshot(bids, asks))
    for bid_changes, ask_changes in changes:
        book.apply(delta(bid_changes, ask_changes))
    kept = book.bids(depth), book.asks(depth)
    book.truncate(depth)
    assert (book.bids(1000), book.asks(1000)) == kept


def test_deleting_the_best_level_shows_the_next() -> None:
    book = OrderBook()
    book.replace(snapshot())
    book.apply(delta(levels(("99", "0")), levels(("101", "0"))))
    assert book.best_bid == (Decimal(98), Decimal(2))
    assert book.best_ask == (Decimal(102), Decimal(2))


def test_an_empty_side_has_no_best_level_and_crosses_nothing() -> None:
    book = OrderBook()
    book.replace(snapshot(bids=[]))
    assert book.best_bid is None
    assert not book.is_crossed


def test_a_book_of_tens_of_thousands_of_levels_is_cut_at_once() -> None:
    sides = [(Decimal(price), Decimal(1)) for price in range(1, 40_001)]
    book = OrderBook()
    book.replace(snapshot(sides[:20_000], sides[20_000:]))
    began_ns = SystemClock().now_ns()
    bids, asks = book.truncate(500)
    assert SystemClock().now_ns() - began_ns < 2 * NS_PER_S, "a loop over minima takes a minute"
    assert (bids[0], bids[-1], asks[0], asks[-1]) == (1, 19_500, 40_000, 20_501)
    assert (book.best_bid, book.best_ask) == ((20_000, 1), (20_001, 1))
