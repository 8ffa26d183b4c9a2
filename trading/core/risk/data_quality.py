"""While no venue has good data for a symbol, positions in it may only be made smaller."""

from trading.core.risk._interface import Approved, ProposedOrder, Refusal, RiskContext, RiskRule, Verdict


def _check(order: ProposedOrder, context: RiskContext) -> Verdict:
    if context.data_fault is None or order.is_reducing:
        return Approved()
    return Refusal(
        code="risk.data_quality",
        reason=f"no venue has good data for {order.symbol}",
        limit="ok on one venue",
        value=context.data_fault,
    )


RULE = RiskRule(name="data_quality", priority=30, check=_check)
