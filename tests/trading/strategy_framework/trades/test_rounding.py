"""Price and amount steps."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.strategy_framework.trades.arithmetic.rounding import (
    Rounding,
    amount_to_contract_precision,
    amount_to_precision,
    price_to_precision,
)
from trading.strategy_framework.trades.markets.market import PairMarket

MODES: dict[Rounding, str] = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
ticks = st.sampled_from([1e-8, 1e-5, 0.01, 0.05, 0.25, 1.0, 5.0])
prices = st.floats(1e-6, 1e6)


@pytest.mark.parametrize("mode", MODES)
@given(price=prices, tick=ticks)
def test_a_price_becomes_the_step_that_decimal_arithmetic_says(
    mode: Rounding, price: float, tick: float
) -> None:
    steps = (Decimal(repr(price)) / Decimal(repr(tick))).quantize(Decimal(1), rounding=MODES[mode])
    assert price_to_precision(price, tick, rounding=mode) == float(steps * Decimal(repr(tick)))


@given(amount=prices, tick=ticks)
def test_an_amount_is_cut(amount: float, tick: float) -> None:
    steps = (Decimal(repr(amount)) / Decimal(repr(tick))).quantize(Decimal(1), rounding=ROUND_DOWN)
    assert amount_to_precision(amount, tick) == float(steps * Decimal(repr(tick)))


@given(price=prices, tick=ticks, mode=st.sampled_from(list(MODES)))
def test_rounding_twice_changes_nothing(price: float, tick: float, mode: Rounding) -> None:
    once = price_to_precision(price, tick, rounding=mode)
    assert price_to_precision(once, tick, rounding=mode) == once


def test_sums_of_floats_do_not_leak_into_prices() -> None:
    assert price_to_precision(0.1 + 0.2, 0.1, rounding="down") == 0.3
    assert price_to_precision(0.1 + 0.2, 0.1, rounding="up") == 0.4


def test_without_a_step_numbers_stay_as_they_are() -> None:
    assert price_to_precision(1.23456789, None) == 1.23456789
    assert amount_to_contract_precision(1.23456789, None, 10.0) == 1.23456789


def test_contracts_are_cut_to_whole_ones() -> None:
    assert amount_to_contract_precision(25.0, 1.0, 10.0) == 20.0


def test_a_step_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"BTC/USDT: price_tick .* not 0.0"):
        PairMarket("BTC/USDT", price_tick=0.0)
