"""Prices and amounts cut to what a market accepts, by tick size, as exact decimals.

A tick of None leaves the number as it is. Results are equal to freqtrade's, whose nearest and
truncating modes are ccxt's and whose up and down modes leave a price that is a multiple as it came.
"""

from functools import lru_cache
from math import isnan
from typing import Literal

from trading.strategy_framework.trades.arithmetic.exact import (
    POW10,
    Scaled,
    as_float,
    product,
    quotient,
    scaled,
)

Rounding = Literal["nearest", "up", "down"]

TICK_SIZE = 4
"""ccxt's number for the precision mode, which freqtrade's trades carry."""


@lru_cache(maxsize=4096)
def _tick(tick: float) -> Scaled:
    integer, decimals = scaled(tick)
    if integer <= 0:
        raise ValueError(f"a tick size is greater than zero, not {tick!r}")
    return integer, decimals


def _aligned(value: float, tick: float) -> tuple[int, int, int]:
    """Return `value` and `tick` as integers of the same number of decimals, and that number."""
    integer, decimals = scaled(value)
    step, step_decimals = _tick(tick)
    if decimals > step_decimals:
        return integer, step * POW10[decimals - step_decimals], decimals
    return integer * POW10[step_decimals - decimals], step, step_decimals


def price_to_precision(price: float, tick: float | None, *, rounding: Rounding = "nearest") -> float:
    """Return `price` as a multiple of `tick`; halves are rounded away from zero; NaN stays NaN.

    Stops are rounded `up` for longs and `down` for shorts.
    """
    if tick is None or isnan(price):
        return price
    integer, step, decimals = _aligned(price, tick)
    if rounding == "nearest":
        missing = abs(integer) % step
        away = step - missing if missing * 2 >= step and missing else -missing
        return as_float((integer + away if integer > 0 else integer - away, decimals))
    missing = integer % step
    if not missing:
        return price
    result = integer - missing + step if rounding == "up" else integer - missing
    return round(as_float((result, decimals)), 14)


def amount_to_precision(amount: float, tick: float | None) -> float:
    """Return `amount` cut towards zero to a multiple of `tick`."""
    if tick is None:
        return amount
    integer, step, decimals = _aligned(amount, tick)
    missing = abs(integer) % step
    return as_float((integer + missing if integer < 0 else integer - missing, decimals))


def amount_to_contracts(amount: float, contract_size: float | None) -> float:
    """Return how many contracts of `contract_size` base units make `amount`, 18 decimals kept."""
    if contract_size and contract_size != 1:
        return as_float(quotient(scaled(amount), scaled(contract_size)))
    return amount


def contracts_to_amount(contracts: float, contract_size: float | None) -> float:
    """Return the base amount of a number of contracts."""
    if contract_size and contract_size != 1:
        return as_float(product(scaled(contracts), scaled(contract_size)))
    return contracts


def amount_to_contract_precision(amount: float, tick: float | None, contract_size: float | None) -> float:
    """Return `amount` cut to whole ticks of contracts, in base units."""
    if tick is None:
        return amount
    contracts = amount_to_precision(amount_to_contracts(amount, contract_size), tick)
    return contracts_to_amount(contracts, contract_size)


def round8(value: float) -> float:
    """Return `round(value, 8)`, in a third of the time where the result can't be in doubt."""
    near = value * 1e8
    if -1e9 < near < 1e9:
        whole = round(near)
        if whole and -0.4999 < near - whole < 0.4999:
            return whole / 1e8
    return round(value, 8)
