"""Validation: which market events are sane enough to pass the gate.

One file per rule; each exposes `RULE` and is found at import. Rules are cheap and do no I/O: the
only state is the `Context` that the caller owns. What is refused goes to quarantine with the rule's
code, so that nothing disappears silently.
"""

import sys
from collections.abc import Mapping

from market.events import MarketEvent
from market.plugins import discover
from market.validation._context import Context, Limits
from market.validation._rule import Check, Rejected, Rule

__all__ = ["Context", "Limits", "Rejected", "Rule", "rules", "validate"]


def rules() -> Mapping[str, Rule]:
    """Return every rule by the name of its file, sorted."""
    return _RULES


def validate(event: MarketEvent, context: Context) -> Rejected | None:
    """Return why the event must not pass, or nothing. Rules run in the order of their rank."""
    for code, check in _CHECKS.get(type(event), ()):
        detail = check(event, context)
        if detail is not None:
            return Rejected(code, detail)
    return None


def _checks_by_type(found: Mapping[str, Rule]) -> dict[type, tuple[tuple[str, Check], ...]]:
    by_type: dict[type, list[tuple[str, Check]]] = {}
    for rule in sorted(found.values(), key=lambda rule: (rule.rank, rule.code)):
        for event_type in rule.applies_to:
            by_type.setdefault(event_type, []).append((rule.code, rule.check))
    return {event_type: tuple(checks) for event_type, checks in by_type.items()}


_RULES = discover(sys.modules[__name__], "RULE", Rule)
_CHECKS = _checks_by_type(_RULES)
