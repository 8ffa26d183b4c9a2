"""From bytes of a venue to numbers and times that may be trusted, or a named refusal.

Numbers go from their text to `Decimal` without a float between. A value that passes here is
finite, not negative, and of a size that any later arithmetic or printing can hold.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated, TypeAlias

import msgspec

from market.errors import MarketError
from market.events import Level

Number: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
"""A venue's counter: what is larger would fit neither the event log nor a table."""

_ZERO = Decimal(0)
_VALUE_MAX = Decimal(10) ** 20
_EXPONENT_MIN = -24
_TS_MIN_NS = 1_230_768_000 * 10**9  # 2009, before which nothing of this kind was traded
_TS_MAX_NS = 4_102_444_800 * 10**9  # 2100


class BadFrame(MarketError):
    """A frame, or a value in it, that can't be taken; `code` is the quarantine's reason.

    `book_of` is the symbol whose book lacks this frame's levels, if they were for a book.
    """

    def __init__(self, code: str, detail: str, *, book_of: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.book_of = book_of


def check_price(price: Decimal) -> Decimal:
    """Return a price that is finite and above zero.

    Raises:
        BadFrame: it is not.
    """
    if not (_ZERO < price <= _VALUE_MAX and price.adjusted() > _EXPONENT_MIN):
        raise BadFrame("value.negative_price", f"price {_brief(price)} is not above zero and finite")
    return price


def check_size(size: Decimal) -> Decimal:
    """Return a size that is finite and not below zero.

    Raises:
        BadFrame: it is not.
    """
    if not (_ZERO <= size <= _VALUE_MAX and size.adjusted() > _EXPONENT_MIN):
        raise BadFrame("value.negative_size", f"size {_brief(size)} is below zero or not finite")
    return size


def check_book(symbol: str, bids: Iterable[Level], asks: Iterable[Level]) -> None:
    """Check each price and size that is about to enter the symbol's book.

    Raises:
        BadFrame: one is not what a book may hold; names the symbol, whose book is now incomplete.
    """
    try:
        _check_levels(bids)
        _check_levels(asks)
    except (BadFrame, InvalidOperation) as error:
        code, detail = explain(error)
        raise BadFrame(code, detail, book_of=symbol) from error


def _check_levels(levels: Iterable[Level]) -> None:
    for price, size in levels:
        if not (
            _ZERO < price <= _VALUE_MAX
            and _ZERO <= size <= _VALUE_MAX
            and price.adjusted() > _EXPONENT_MIN
            and size.adjusted() > _EXPONENT_MIN
        ):
            check_price(price)
            check_size(size)


def ns_from_epoch(value: int) -> int:
    """Return nanoseconds from an epoch in milliseconds, or in microseconds where it has 16 digits.

    Raises:
        BadFrame: the time is not between 2009 and 2100.
    """
    return check_ns(value * 1_000_000 if value < 10**14 else value * 1_000)


def ns_from_seconds(text: str) -> int:
    """Return nanoseconds from seconds with a decimal fraction, such as `1618678142.557535`.

    Raises:
        BadFrame: the text is no such number, or not between 2009 and 2100.
    """
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdecimal() or not (whole + fraction).isascii() or len(text) > 40:
        raise BadFrame("value.time_out_of_range", f"{text[:40]!r} is not a time in seconds")
    return check_ns(int(whole) * 10**9 + int(fraction[:9].ljust(9, "0")))


def ns_from_rfc3339(text: str) -> int:
    """Return nanoseconds from `2026-08-09T21:05:48.505350477Z`, exactly.

    Raises:
        BadFrame: the text is no such time, or not between 2009 and 2100.
    """
    seconds, rest = text[:19], text[19:]
    if rest.endswith("Z"):
        fraction, zone = rest[:-1], "+00:00"
    else:
        fraction, zone = rest[:-6], rest[-6:]
    digits = fraction[1:]
    if (fraction and fraction[0] != ".") or (digits and not (digits.isascii() and digits.isdecimal())):
        raise BadFrame("value.time_out_of_range", f"{text[:40]!r} is not a time of RFC 3339")
    return check_ns(_whole_seconds(seconds + zone) * 10**9 + int(digits[:9].ljust(9, "0")))


def check_ns(ts_ns: int) -> int:
    """Return a time that lies between 2009 and 2100.

    Raises:
        BadFrame: it does not.
    """
    if not _TS_MIN_NS <= ts_ns <= _TS_MAX_NS:
        raise BadFrame("value.time_out_of_range", f"time {str(ts_ns)[:40]} is not between 2009 and 2100")
    return ts_ns


def explain(error: Exception) -> tuple[str, str]:
    """Return the reason code and the words for an exception that decoding raised."""
    words = str(error)[:200]
    match error:
        case BadFrame():
            found = error.code, error.detail
        case InvalidOperation():
            found = "value.not_a_number", "a price or size is not a number"
        case IndexError():
            found = "frame.shape", "an array is too short"
        case UnicodeDecodeError():
            found = "frame.not_text", "the frame is not UTF-8"
        case msgspec.ValidationError():
            found = ("value.not_a_number" if "decimal" in words.lower() else "frame.shape"), words
        case _:
            found = ("frame.truncated" if "truncated" in words else "frame.not_json"), words
    return found


DECODING_ERRORS = (MarketError, msgspec.MsgspecError, ValueError, ArithmeticError, IndexError, RecursionError)
"""All that decoding a venue's bytes may raise; none of them leaves a session."""


@lru_cache(maxsize=256)
def _whole_seconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError) as error:
        raise BadFrame("value.time_out_of_range", f"{text[:40]!r} is not a time of RFC 3339") from error


def _brief(value: Decimal) -> str:
    return str(value)[:40]
