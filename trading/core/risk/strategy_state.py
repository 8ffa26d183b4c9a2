"""A strategy that is off or has failed may only close what it holds."""

from trading.core.risk._interface import Approved, ProposedOrder, Refusal, RiskContext, RiskRule, Verdict


def _check(order: ProposedOrder, context: RiskContext) -> Verdict:
    if context.is_strategy_on or order.is_reducing:
        return Approved()
    return Refusal(
        code="risk.strategy_off",
        reason=f"strategy {order.strategy} is off and may only close positions",
        limit="on",
        value="off",
    )


RULE = RiskRule(name="strategy_state", priority=20, check=_check)
