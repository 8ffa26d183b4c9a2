"""What every risk rule promises, whoever wrote it. A new file in the folder is tested by being there."""

from decimal import Decimal

import pytest

from market.events import Side
from trading.core.config import EngineConfig
from trading.core.risk import Approved, ProposedOrder, Refusal, RiskContext, load_rules

RULES = load_rules()
CONFIG = EngineConfig(symbols=("BTC/USDT",), venues=("binance",))


def order(notional: str = "1000", *, is_reducing: bool = False) -> ProposedOrder:
    return ProposedOrder(
        strategy="s",
        symbol="BTC/USDT",
        side=Side.SELL if is_reducing else Side.BUY,
        is_reducing=is_reducing,
        size=Decimal("0.01"),
        notional_quote=Decimal(notional),
    )


def account(**changes: object) -> RiskContext:
    fields: dict[str, object] = {
        "config": CONFIG,
        "now_ns": 0,
        "is_halted": False,
        "is_strategy_on": True,
        "equity": Decimal(100_000),
        "exposure_quote": Decimal(0),
        "open_buys_quote": Decimal(0),
        "drawdown": Decimal(0),
        "data_fault": None,
    }
    return RiskContext(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_approves_a_modest_order_of_a_healthy_account(rule) -> None:
    assert rule.check(order(), account()) == Approved()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_refusal_carries_a_stable_code_a_sentence_and_its_numbers(rule) -> None:
    ruined = account(
        is_halted=True,
        is_strategy_on=False,
        exposure_quote=Decimal(10**9),
        drawdown=Decimal("-0.99"),
        data_fault="every venue is stale",
    )
    verdict = rule.check(order("1e12"), ruined)
    assert isinstance(verdict, Refusal), "no account is bad enough for this rule: it never refuses"
    assert verdict.code.startswith("risk.")
    assert verdict.reason
    assert verdict.limit
    assert verdict.value


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_gives_the_same_verdict_twice(rule) -> None:
    assert rule.check(order(), account()) == rule.check(order(), account())


def test_rule_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
