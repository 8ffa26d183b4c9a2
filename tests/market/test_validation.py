"""The gate: what is absurd is refused with a code and the facts, what is merely wild passes."""

from decimal import Decimal
from types import MappingProxyType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.clock import NS_PER_S
from market.events import FeedState, MarketEvent
from market.validation import Context, Limits, Rule, rules, validate
from tests.support.market_events import NOON, bar, delta, levels, prices, quote, snapshot, status, trade

DECLARED = [("BTC/USDT", "binance"), ("ETH/USDT", "binance"), ("BTC/USDT", "kraken")]


def _code(event: MarketEvent, context: Context | None = None) -> str | None:
    rejected = validate(event, context or Context(DECLARED))
    return rejected.code if rejected else None


@pytest.mark.parametrize(
    "event", [trade(), quote(), snapshot(), delta(levels(("98", "0"))), bar(), status(FeedState.LIVE)]
)
def test_a_sane_event_passes(event: MarketEvent) -> None:
    assert _code(event) is None


@pytest.mark.parametrize("bad", ["0", "-1", "NaN", "Infinity", "-Infinity"])
def test_a_price_that_cannot_be_is_refused_wherever_it_stands(bad: str) -> None:
    for event in (
        trade(price=bad),
        trade(size=bad),
        quote(bid=bad),
        quote(ask=bad),
        snapshot(bids=levels((bad, "1"))),
        delta(asks=levels((bad, "1"))),
        bar(prices=("100", "110", bad, "105")),
    ):
        assert _code(event) == "data.positive_price", event


@pytest.mark.parametrize("bad", ["-1", "NaN", "Infinity"])
def test_a_level_may_have_size_zero_but_no_impossible_size(bad: str) -> None:
    assert _code(delta(bids=levels(("99", "0")))) is None
    assert _code(delta(bids=levels(("99", bad)))) == "data.positive_price"


@pytest.mark.parametrize(
    "event",
    [
        trade(trade_id="1\x002"),
        trade(trade_id="9" * 1000),
        msgspec.structs.replace(quote(), sequence=2**63),
        msgspec.structs.replace(bar(), trade_count=2**31),
        msgspec.structs.replace(bar(), trade_count=10**5000),
        bar(prices=("100", "1e999999", "100", "105")),
        msgspec.structs.replace(bar(), volume=Decimal("1e-999999")),
        msgspec.structs.replace(bar(), volume=Decimal("0." + "1" * 500)),
    ],
)
def test_what_no_table_can_hold_is_refused(event: MarketEvent) -> None:
    assert _code(event) == "data.not_storable"


def test_a_quote_whose_bid_reaches_its_ask_is_refused() -> None:
    assert _code(quote(bid="101", ask="101")) == "data.crossed_quote"
    assert _code(quote(bid="102", ask="101")) == "data.crossed_quote"


def test_a_crossed_snapshot_is_refused_and_an_empty_side_is_not() -> None:
    assert _code(snapshot(bids=levels(("101", "1")))) == "data.crossed_book"
    assert _code(snapshot(bids=[])) is None


def test_an_undeclared_symbol_or_venue_is_refused_and_named() -> None:
    context = Context(DECLARED)
    unknown_symbol = validate(trade(symbol="PEPE/USDT"), context)
    unknown_venue = validate(trade(venue="mtgox"), context)
    assert unknown_symbol is not None
    assert unknown_symbol.code == "data.unknown_instrument"
    assert "PEPE/USDT" in unknown_symbol.detail
    assert unknown_venue is not None
    assert "mtgox" in unknown_venue.detail
    assert "binance, kraken" in unknown_venue.detail


def test_without_a_declaration_every_instrument_is_known() -> None:
    assert _code(trade(symbol="PEPE/USDT"), Context()) is None


def test_a_receive_clock_that_runs_a_second_behind_the_venue_is_no_fault() -> None:
    assert _code(trade(at=NOON, received=NOON - 1_300_000_000)) is None


def test_a_venue_time_that_is_absurd_is_refused() -> None:
    assert _code(trade(at=NOON, received=NOON - 3600 * NS_PER_S)) == "data.event_time"
    assert _code(trade(at=NOON, received=NOON + 48 * 3600 * NS_PER_S)) == "data.event_time"
    assert _code(trade(at=0, received=NOON)) == "data.event_time"


def test_a_bar_may_be_of_any_age() -> None:
    old = bar(NOON - 1000 * 86_400 * NS_PER_S)
    assert _code(old) is None


@pytest.mark.parametrize(
    "contradiction",
    [
        bar(prices=("100", "99", "90", "95")),
        bar(prices=("100", "110", "101", "105")),
        bar(trade_count=-1),
    ],
)
def test_a_bar_that_contradicts_itself_is_refused(contradiction: MarketEvent) -> None:
    assert _code(contradiction) == "data.ordered_bar"


def test_a_lone_print_far_away_is_refused_and_the_next_ones_pass() -> None:
    context = Context(DECLARED)
    assert [_code(trade(price), context) for price in ("100", "101", "10", "100", "99")] == [
        None,
        None,
        "data.jump",
        None,
        None,
    ]


def test_a_crash_that_the_second_print_confirms_passes_from_then_on() -> None:
    context = Context(DECLARED)
    codes = [_code(trade(price), context) for price in ("100", "60", "59", "58", "40", "39")]
    assert codes == [None, "data.jump", None, None, "data.jump", None]


def test_jumps_of_one_market_say_nothing_of_another() -> None:
    context = Context(DECLARED)
    assert _code(trade("60000"), context) is None
    assert _code(trade("3000", symbol="ETH/USDT"), context) is None
    assert _code(trade("3000", venue="kraken"), context) is None


def test_how_far_a_print_may_jump_can_be_set() -> None:
    context = Context(limits=Limits(jump_ratio_max=Decimal("0.5")))
    assert [_code(trade(price), context) for price in ("100", "140", "40")] == [None, None, "data.jump"]


@given(st.lists(prices, min_size=1, max_size=50))
def test_a_jump_never_hides_two_agreeing_prints_in_a_row(series: list[Decimal]) -> None:
    context = Context()
    for price in series:
        first, second = _code(trade(price), context), _code(trade(price), context)
        assert None in (first, second)


@given(st.integers(1, 30))
def test_a_slow_walk_of_any_length_is_never_refused(steps: int) -> None:
    context = Context()
    price = Decimal(100)
    for _ in range(steps * 10):
        price = price * Decimal("1.01")
        assert _code(trade(price.quantize(Decimal("0.0001"))), context) is None


def test_every_rule_has_a_stable_code_and_says_in_its_docstring_what_it_refuses() -> None:
    found = rules()
    assert isinstance(MappingProxyType(dict(found)), MappingProxyType)
    assert len(found) >= 7
    for name, rule in found.items():
        assert isinstance(rule, Rule)
        assert rule.code.startswith("data.")
        module = __import__(f"market.validation.{name}", fromlist=["RULE"])
        assert module.__doc__
        assert module.__doc__.startswith("Refuse")
    assert len({rule.code for rule in found.values()}) == len(found)
