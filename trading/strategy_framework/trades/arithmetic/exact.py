"""Exact decimal arithmetic on floats, with the rules of freqtrade's string decimals and none of the strings.

A float stands for the decimal that it prints: 0.1 is one tenth. Such a number is a pair
`(integer, decimals)` with the value `integer / 10**decimals`, so that products and sums are exact
integer arithmetic. Only `quotient` rounds: to 18 decimals, towards zero. `as_float` is the float
nearest to the pair, because Python divides integers correctly rounded.
"""

Scaled = tuple[int, int]
"""An exact decimal: `integer / 10**decimals`, with `decimals >= 0`."""

POW10: tuple[int, ...] = tuple(10**exponent for exponent in range(1500))
QUOTIENT_DECIMALS = 18


def scaled(value: float) -> Scaled:
    """Return the decimal that `value` prints as.

    The two tries before the text are exact: a decimal of at most 15 digits is the only one of its
    length that rounds to a given float, so if it does, it is what the float prints as.

    Raises:
        ValueError: `value` is not a finite number.
    """
    if type(value) is int:
        return value, 0
    if type(value) is float:
        near = value * 1e8
        if -1e15 < near < 1e15:
            integer = round(near)
            if integer / 1e8 == value:
                return integer, 8
        near = value * 1e14
        if -1e15 < near < 1e15:
            integer = round(near)
            if integer / 1e14 == value:
                return integer, 14
    integer, decimals = printed(value)
    return (integer, decimals) if decimals >= 0 else (integer * POW10[-decimals], 0)


def printed(value: float) -> Scaled:
    """Return the digits of `value` as text has them, zeros included: 1.0 is `(10, 1)`; `decimals` may be < 0.

    Raises:
        ValueError: `value` is not a finite number.
    """
    mantissa, _, exponent = str(value).lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    try:
        return int(whole + fraction), len(fraction) - int(exponent or 0)
    except ValueError:
        raise ValueError(f"prices and amounts are finite numbers, not {value!r}") from None


def as_float(number: Scaled) -> float:
    """Return the float nearest to an exact decimal."""
    result: float = number[0] / POW10[number[1]]
    return result


def product(left: Scaled, right: Scaled) -> Scaled:
    """Return `left * right`, exactly."""
    return left[0] * right[0], left[1] + right[1]


def total(left: Scaled, right: Scaled) -> Scaled:
    """Return `left + right`, exactly."""
    shift = left[1] - right[1]
    if shift == 0:
        return left[0] + right[0], left[1]
    if shift > 0:
        return left[0] + right[0] * POW10[shift], left[1]
    return left[0] * POW10[-shift] + right[0], right[1]


def difference(left: Scaled, right: Scaled) -> Scaled:
    """Return `left - right`, exactly."""
    return total(left, (-right[0], right[1]))


def quotient(left: Scaled, right: Scaled) -> Scaled:
    """Return `left / right` with 18 decimals, cut towards zero.

    Raises:
        ZeroDivisionError: `right` is zero.
    """
    shift = QUOTIENT_DECIMALS - left[1] + right[1]
    numerator = left[0] * POW10[shift] if shift >= 0 else left[0] // POW10[-shift]
    result, rest = divmod(numerator, right[0])
    return (result + 1 if result < 0 and rest else result), QUOTIENT_DECIMALS


def product_over(first: float, second: float, divisor: float) -> float:
    """Return `first * second / divisor` of printed decimals, 18 decimals kept.

    Negative results are cut in freqtrade's way, which depends on how many digits are printed.
    """
    if first < 0:
        return as_float(quotient(product(printed(first), printed(second)), printed(divisor)))
    return as_float(quotient(product(scaled(first), scaled(second)), scaled(divisor)))


def with_fee(value: Scaled, fee: float, *, paid: bool) -> Scaled:
    """Return `value` plus the fee where it is `paid` on top, else less the fee; exactly."""
    fees = product(value, scaled(fee))
    return total(value, fees) if paid else difference(value, fees)
