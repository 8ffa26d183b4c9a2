"""How venues write numbers and times: whole steps to decimals, nanoseconds to text."""

from datetime import UTC, datetime
from functools import lru_cache

from market.clock import NS_PER_S


def fixed(value: int, decimals: int) -> str:
    """Write `value` steps of 10^-decimals with all its decimals: (97000, 2) is `970.00`."""
    if decimals == 0:
        return str(value)
    text = f"{abs(value):0{decimals + 1}d}"
    return f"{'-' if value < 0 else ''}{text[:-decimals]}.{text[-decimals:]}"


def eight(value: int, decimals: int) -> str:
    """Write with eight decimals, as Binance does."""
    return fixed(value * 10 ** (8 - decimals), 8)


def trimmed(value: int, decimals: int) -> str:
    """Write without trailing zeros, as Coinbase does: `970`, `0.0000052`."""
    text = fixed(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: int, decimals: int) -> str:
    """Write as a JSON number with at least one decimal, as Kraken does: `970.0`, `0.001`."""
    text = fixed(value, decimals)
    if "." not in text:
        return text + ".0"
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") else text


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def iso(ts_ns: int, *, digits: int) -> str:
    """Write a time with exactly `digits` digits of the second."""
    seconds, rest = divmod(ts_ns, NS_PER_S)
    return f"{_second(seconds)}.{rest // 10 ** (9 - digits):0{digits}d}Z"


def iso_trimmed(ts_ns: int, *, digits: int) -> str:
    """Write a time with at most `digits` digits of the second and no trailing zeros, as Go does."""
    seconds, rest = divmod(ts_ns, NS_PER_S)
    fraction = f"{rest // 10 ** (9 - digits):0{digits}d}".rstrip("0")
    return f"{_second(seconds)}.{fraction}Z" if fraction else f"{_second(seconds)}Z"
