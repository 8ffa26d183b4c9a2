"""Open positions, open BUY orders and the new order together stay under a fraction of equity."""

from decimal import Decimal

from trading.core.decimals import rounded_ratio
from trading.core.risk._interface import Approved, ProposedOrder, Refusal, RiskContext, RiskRule, Verdict

RATIO_SHOWN_MAX = Decimal(1_000_000)


def _check(order: ProposedOrder, context: RiskContext) -> Verdict:
    if order.is_reducing:
        return Approved()
    limit = context.config.exposure_limit
    exposed = context.exposure_quote + context.open_buys_quote + order.notional_quote
    if exposed <= limit * context.equity:
        return Approved()
    ratio = exposed / context.equity if context.equity > 0 else RATIO_SHOWN_MAX
    value = rounded_ratio(min(ratio, RATIO_SHOWN_MAX))
    return Refusal(
        code="risk.max_exposure",
        reason=f"the order would expose {value:.1%} of equity; the limit is {limit:.1%}",
        limit=str(limit),
        value=str(value),
    )


RULE = RiskRule(name="max_exposure", priority=50, check=_check)
