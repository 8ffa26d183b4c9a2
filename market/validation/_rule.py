"""What a validation rule is: a code, the events that it looks at, and a check."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import msgspec

from market.validation._context import Context

Check: TypeAlias = Callable[[Any, Context], str | None]
"""Take an event and the context; return what is wrong in words, or nothing."""


class Rejected(NamedTuple):
    """Why an event was refused: a stable code, and the facts in words."""

    code: str
    detail: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One reason to refuse an event.

    `applies_to` are the types that `check` is called with. Rules of a lower `rank` run first; a
    rule that remembers what it saw runs last, so that it only sees events that the others passed.
    """

    code: str
    applies_to: tuple[type, ...]
    check: Check
    rank: int = 0
