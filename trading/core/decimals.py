"""Rounding of Decimals, each by name: where money is rounded it is said how."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

_DISPLAY = Context(prec=12)
_FEE_STEP = Decimal("1E-8")
_COST_STEP = Decimal("1E-16")
_RATIO_STEP = Decimal("1E-6")
_BPS_STEP = Decimal("0.01")
BPS = Decimal(10_000)


def displayed(value: Decimal) -> Decimal:
    """Round a quotient to twelve significant digits; for people, never for the ledger's sums."""
    rounded = _DISPLAY.plus(value)
    exponent = rounded.as_tuple().exponent
    is_whole = isinstance(exponent, int) and exponent > 0
    return rounded.quantize(Decimal(1)) if is_whole else rounded  # 100 and not 1E+2


def rounded_fee(value: Decimal) -> Decimal:
    """Round a fee to eight decimals, half up, as venues do."""
    return value.quantize(_FEE_STEP, ROUND_HALF_UP)


def rounded_cost(value: Decimal) -> Decimal:
    """Round a share of a cost to sixteen decimals, so that sums of it stay exact."""
    return value.quantize(_COST_STEP, ROUND_HALF_UP)


def rounded_ratio(value: Decimal) -> Decimal:
    """Round a ratio to six decimals, half up."""
    return value.quantize(_RATIO_STEP, ROUND_HALF_UP)


def rounded_bps(value: Decimal) -> Decimal:
    """Round basis points to hundredths, half up."""
    return value.quantize(_BPS_STEP, ROUND_HALF_UP)


def floored(value: Decimal, increment: Decimal) -> Decimal:
    """Round down to a multiple of `increment`."""
    return (value / increment).to_integral_value(ROUND_DOWN) * increment


def from_ratio(value: float) -> Decimal:
    """Turn a float in [0, 1] into a Decimal of six decimals: the one door from statistics to money."""
    return Decimal(f"{value:.6f}")
