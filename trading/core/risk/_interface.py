"""What a risk rule gets, and what it answers."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

import msgspec

from market.events import Side
from trading.core.config import EngineConfig


class Approved(msgspec.Struct, frozen=True):
    """The rule has nothing against the order."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order may not be sent.

    `code` is stable (`risk.max_exposure`); `limit` and `value` are the numbers that were compared,
    as text; `reason` is one sentence for people.
    """

    code: str
    reason: str
    limit: str
    value: str


Verdict: TypeAlias = Approved | Refusal


class ProposedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that is sized and routed, but not decided. `notional_quote` includes no fee."""

    strategy: str
    symbol: str
    side: Side
    is_reducing: bool
    size: Decimal
    notional_quote: Decimal


class RiskContext(msgspec.Struct, frozen=True, kw_only=True):
    """The account and the market at the moment of the decision.

    `exposure_quote` is the value of open positions, `open_buys_quote` of what open BUY orders may
    still add. `drawdown` is ≤ 0. `data_fault` says why no venue has good data for the symbol.
    """

    config: EngineConfig
    now_ns: int
    is_halted: bool
    is_strategy_on: bool
    equity: Decimal
    exposure_quote: Decimal
    open_buys_quote: Decimal
    drawdown: Decimal
    data_fault: str | None


class RiskRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: rules are asked in order of `priority` (then name), and the first refusal stands."""

    name: str
    priority: int
    check: Callable[[ProposedOrder, RiskContext], Verdict]
