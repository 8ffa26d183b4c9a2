"""Exact decimals: the value that a float prints, without a digit lost."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.strategy_framework.trades.arithmetic.exact import (
    as_float,
    difference,
    printed,
    product,
    product_over,
    quotient,
    scaled,
    total,
)

floats = st.floats(allow_nan=False, allow_infinity=False)
prices = st.one_of(
    floats, st.decimals(min_value=0, max_value=10**7, places=5).map(float), st.floats(1e-9, 1e7)
)


def value_of(number: tuple[int, int]) -> Decimal:
    with localcontext(prec=2000, Emin=-5000, Emax=5000):
        return Decimal(number[0]).scaleb(-number[1])


@given(prices)
def test_a_float_is_the_decimal_that_it_prints(value: float) -> None:
    assert value_of(scaled(value)) == Decimal(repr(value))
    assert value_of(printed(value)) == Decimal(repr(value))


@given(prices)
def test_a_float_comes_back_from_its_decimal(value: float) -> None:
    assert as_float(scaled(value)) == value


@given(prices, prices)
def test_sums_and_products_are_exact(left: float, right: float) -> None:
    with localcontext(prec=2000, Emin=-5000, Emax=5000):
        a, b = Decimal(repr(left)), Decimal(repr(right))
        assert value_of(product(scaled(left), scaled(right))) == a * b
        assert value_of(total(scaled(left), scaled(right))) == a + b
        assert value_of(difference(scaled(left), scaled(right))) == a - b


@given(st.integers(-(10**30), 10**30), st.integers(0, 30), st.integers(1, 10**20), st.integers(0, 30))
def test_a_quotient_keeps_18_decimals_and_drops_the_rest(
    n: int, n_places: int, d: int, d_places: int
) -> None:
    with localcontext(prec=200):
        wanted = (Decimal(n).scaleb(-n_places) / Decimal(d).scaleb(-d_places)).quantize(
            Decimal(1).scaleb(-18), rounding="ROUND_DOWN"
        )
    found = value_of(quotient((n, n_places), (d, d_places)))
    assert found == wanted or (n < 0 and abs(found - wanted) <= Decimal(1).scaleb(-18))


def test_dividing_by_zero_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        product_over(1.0, 2.0, 0.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_finite_number_is_refused_by_name(value: float) -> None:
    with pytest.raises(ValueError, match="finite numbers, not"):
        scaled(value)
