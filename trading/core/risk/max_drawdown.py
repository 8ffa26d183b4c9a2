"""Once equity is too far under its peak, positions may only be made smaller."""

from trading.core.decimals import rounded_ratio
from trading.core.risk._interface import Approved, ProposedOrder, Refusal, RiskContext, RiskRule, Verdict


def _check(order: ProposedOrder, context: RiskContext) -> Verdict:
    limit = context.config.drawdown_limit
    if order.is_reducing or -context.drawdown < limit:
        return Approved()
    value = rounded_ratio(-context.drawdown)
    return Refusal(
        code="risk.max_drawdown",
        reason=f"equity is {value:.2%} under its peak; the limit is {limit:.2%}",
        limit=str(limit),
        value=str(value),
    )


RULE = RiskRule(name="max_drawdown", priority=40, check=_check)
