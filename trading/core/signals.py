"""Signals: a strategy's advice, before anything is sized or sent."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from market.events import Side
from trading.errors import BadSignal

SIGNAL_ID_LENGTH_MAX = 120


class Direction(StrEnum):
    """What the advice is. Short directions join here when a venue with margin does."""

    ENTER_LONG = "enter_long"
    EXIT_LONG = "exit_long"

    @property
    def side(self) -> Side:
        """The side of the order that follows the advice."""
        return Side.BUY if self is Direction.ENTER_LONG else Side.SELL

    @property
    def is_reducing(self) -> bool:
        """Whether following it can only make exposure smaller."""
        return self is Direction.EXIT_LONG


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Advice on one symbol.

    `id` is the sender's and makes it idempotent: the same id twice gives one order, so derive it
    from what caused it (`ema_cross:BTC/USDT:enter_long:<bar close ns>`). `strength` in (0, 1]
    scales the default stake; `stake`, in quote currency, replaces it. An exit closes the strategy's
    whole position unless `size` (base currency) says less. With `limit_price` the order is a limit
    order. `ts` is when the decision was taken, nanoseconds UTC.
    """

    id: str
    strategy: str
    symbol: str
    direction: Direction
    ts: int
    source: str = "strategy"
    strength: float = 1.0
    horizon_s: int = 0
    tag: str = ""
    stake: Decimal | None = None
    size: Decimal | None = None
    limit_price: Decimal | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.id) <= SIGNAL_ID_LENGTH_MAX:
            raise BadSignal(f"a signal's id has 1 to {SIGNAL_ID_LENGTH_MAX} characters, not {len(self.id)}")
        if not self.strategy or not self.symbol:
            raise BadSignal(f"signal {self.id!r} needs a strategy and a symbol")
        if not 0 < self.strength <= 1:
            raise BadSignal(f"signal {self.id!r}: strength {self.strength} is not in (0, 1]")
        for name in ("stake", "size", "limit_price"):
            value: Decimal | None = getattr(self, name)
            if value is not None and not (value.is_finite() and value > 0):
                raise BadSignal(f"signal {self.id!r}: {name} {value} must be above 0")
