"""A halted engine sends nothing, not even orders that would make positions smaller."""

from trading.core.risk._interface import Approved, ProposedOrder, Refusal, RiskContext, RiskRule, Verdict


def _check(_order: ProposedOrder, context: RiskContext) -> Verdict:
    if not context.is_halted:
        return Approved()
    return Refusal(
        code="risk.halted",
        reason="trading is halted; resume it to send orders",
        limit="ACTIVE",
        value="HALTED",
    )


RULE = RiskRule(name="trading_state", priority=10, check=_check)
