"""Risk rules: one file per rule, each exposing `RULE = RiskRule(…)`.

A rule is a pure function of the proposed order and the account; it answers `Approved()` or a
`Refusal` with the numbers that it compared. Adding a file adds the rule.
"""

import sys
from collections.abc import Sequence

from market.plugins import discover
from trading.core.risk._interface import (
    Approved,
    ProposedOrder,
    Refusal,
    RiskContext,
    RiskRule,
    Verdict,
)

__all__ = [
    "Approved",
    "ProposedOrder",
    "Refusal",
    "RiskContext",
    "RiskRule",
    "Verdict",
    "check_order",
    "load_rules",
]


def load_rules() -> tuple[RiskRule, ...]:
    """Find every rule of this folder, in the order in which they are asked.

    Raises:
        BadPlugin: a file does not expose its rule.
    """
    rules = discover(sys.modules[__name__], "RULE", RiskRule)
    return tuple(sorted(rules.values(), key=lambda rule: (rule.priority, rule.name)))


def check_order(rules: Sequence[RiskRule], order: ProposedOrder, context: RiskContext) -> Verdict:
    """Ask the rules in turn; return the first refusal, or the approval."""
    for rule in rules:
        verdict = rule.check(order, context)
        if isinstance(verdict, Refusal):
            return verdict
    return Approved()
