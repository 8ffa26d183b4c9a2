"""Numbers as people read them."""

import math
from datetime import datetime, timedelta

NONE = "\N{EN DASH}"


def percent(ratio: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """Return a fraction as a percentage."""
    if ratio is None or not math.isfinite(ratio):
        return NONE
    return f"{ratio * 100:{'+' if signed else ''},.{digits}f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with thousands separators; the sentinel of freqtrade's ratios, -100, stays."""
    if value is None or not math.isfinite(value):
        return NONE
    return f"{value:,.{digits}f}"


def money(value: float | None, currency: str, *, signed: bool = False) -> str:
    """Return an amount: two digits, or four significant ones where it is small."""
    if value is None or not math.isfinite(value):
        return NONE
    sign = "+" if signed else ""
    text = f"{value:{sign},.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:{sign}.4g}"
    return f"{text} {currency}"


def price(value: float) -> str:
    """Return a price with about seven significant digits."""
    if value == 0 or not math.isfinite(value):
        return str(value)
    digits = min(10, max(2, 6 - math.floor(math.log10(abs(value)))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".")


def duration(seconds: float | None) -> str:
    """Return a length of time: `3 d 4 h`, `12 min`."""
    if seconds is None:
        return NONE
    span = timedelta(seconds=round(seconds))
    hours, minutes = divmod(span.seconds // 60, 60)
    parts = [(span.days, "d"), (hours, "h"), (minutes, "min")]
    shown = [f"{amount:,} {unit}" for amount, unit in parts if amount][:2]
    return " ".join(shown) or f"{span.seconds} s"


def moment(when: datetime) -> str:
    """Return a time to the minute, UTC."""
    return when.strftime("%Y-%m-%d %H:%M")
