"""The router chooses the best all-in price for the size, and shows its working."""

from decimal import Decimal

import hypothesis.strategies as st
from hypothesis import given, settings

from market.events import Level, Side
from tests.trading.core.builders import levels
from trading.core.router import Offer, route

SIZES = st.decimals(min_value="0.01", max_value="50", places=2)
BOOKS = st.lists(
    st.tuples(
        st.decimals(min_value="90", max_value="110", places=2),
        st.decimals(min_value="0.01", max_value="20", places=2),
    ),
    min_size=0,
    max_size=10,
)
FEES = st.decimals(min_value="0", max_value="0.01", places=4)


def offer(venue: str, book: list[Level], fee: str = "0.001") -> Offer:
    return Offer(venue=venue, levels=book, taker_fee=Decimal(fee))


def test_a_lower_price_loses_against_a_lower_fee_when_all_in_it_is_dearer() -> None:
    decision = route(
        Side.BUY,
        Decimal(1),
        [offer("kraken", levels((100, 5)), "0.004"), offer("binance", levels(("100.1", 5)), "0.001")],
    )

    assert decision.chosen == "binance"
    assert [candidate.venue for candidate in decision.considered] == ["binance", "kraken"]
    assert [str(candidate.all_in) for candidate in decision.considered] == ["100.2001", "100.400"]


def test_the_price_is_walked_through_the_levels_for_the_whole_size() -> None:
    decision = route(
        Side.BUY, Decimal(3), [offer("a", levels((100, 1), (103, 9)), "0"), offer("b", levels((101, 9)), "0")]
    )

    assert decision.chosen == "b"
    assert decision.considered[1].price == Decimal(102)


def test_a_sell_goes_to_the_venue_that_brings_most() -> None:
    decision = route(Side.SELL, Decimal(1), [offer("a", levels((100, 1))), offer("b", levels((101, 1)))])

    assert decision.chosen == "b"
    assert decision.considered[0].all_in == Decimal("100.899")


def test_a_venue_that_shows_the_whole_size_goes_before_a_cheaper_thin_one() -> None:
    decision = route(Side.BUY, Decimal(5), [offer("thin", levels((99, 1))), offer("deep", levels((100, 5)))])

    assert decision.chosen == "deep"


def test_the_saving_is_against_the_mean_of_the_venues_that_hold_as_much() -> None:
    decision = route(
        Side.BUY,
        Decimal(1),
        [offer("a", levels((100, 1)), "0"), offer("b", levels((102, 1)), "0"), offer("c", [])],
    )

    assert str(decision.saved_bps) == "99.01"
    assert decision.excluded == {"c": "its book is empty"}


def test_nothing_to_choose_from_is_a_decision_without_a_venue() -> None:
    decision = route(Side.BUY, Decimal(1), [], excluded={"binance": "stale"})

    assert (decision.chosen, decision.considered, decision.saved_bps) == ("", [], 0)
    assert decision.excluded == {"binance": "stale"}


@given(
    side=st.sampled_from(list(Side)),
    size=SIZES,
    books=st.lists(st.tuples(BOOKS, FEES), min_size=1, max_size=4),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_other_venue_with_as_much_size_is_ever_better_than_the_chosen(
    side: Side, size: Decimal, books: list[tuple[list[Level], Decimal]]
) -> None:
    offers = [
        Offer(
            venue=str(number),
            levels=sorted(book, reverse=side is Side.SELL),
            taker_fee=fee,
        )
        for number, (book, fee) in enumerate(books)
    ]

    decision = route(side, size, offers)

    assert {candidate.venue for candidate in decision.considered} | set(decision.excluded) == {
        offer.venue for offer in offers
    }
    assert decision.saved_bps >= 0
    for other in decision.considered[1:]:
        best = decision.considered[0]
        assert best.available >= other.available
        if best.available == other.available:
            assert best.all_in <= other.all_in if side is Side.BUY else best.all_in >= other.all_in
