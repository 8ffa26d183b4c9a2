"""Positions: what one strategy holds of one symbol, exact to the last digit.

The cost basis is kept as a sum and not as an average price, so that nothing is lost in division:
at any time size, cost and realised P&L are exact functions of the fills.
"""

from decimal import Decimal

import msgspec

from market.events import Side
from trading.core.decimals import rounded_cost
from trading.core.orders import Fill
from trading.errors import IllegalTransition


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A long position, open or closed.

    `size` in base currency; `cost` is what the open size cost, `realized_pnl` is before fees, and
    `fees` are all fees paid; quote currency. `trades` counts closed round trips. `opened_at` is the
    first fill of the present round trip, nanoseconds UTC.
    """

    strategy: str
    symbol: str
    size: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    realized_pnl: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    trades: int = 0
    opened_at: int = 0

    @property
    def is_open(self) -> bool:
        """Whether anything is held."""
        return self.size > 0

    def unrealized_pnl(self, mark: Decimal) -> Decimal:
        """Return what closing at `mark` would gain, before fees."""
        return self.size * mark - self.cost

    def apply(self, fill: Fill) -> "Position":
        """Return the position after `fill`.

        Raises:
            IllegalTransition: the fill sells more than is held.
        """
        return self._bought(fill) if fill.side is Side.BUY else self._sold(fill)

    def _bought(self, fill: Fill) -> "Position":
        return msgspec.structs.replace(
            self,
            size=self.size + fill.size,
            cost=self.cost + fill.price * fill.size,
            fees=self.fees + fill.fee,
            opened_at=self.opened_at if self.is_open else fill.ts,
        )

    def _sold(self, fill: Fill) -> "Position":
        size = self.size - fill.size
        if size < 0:
            raise IllegalTransition(
                f"{fill.fill_id} sells {fill.size} {self.symbol} of {self.strategy}, which holds {self.size}"
            )
        sold_cost = rounded_cost(self.cost * fill.size / self.size) if size else self.cost
        return msgspec.structs.replace(
            self,
            size=size,
            cost=self.cost - sold_cost,
            realized_pnl=self.realized_pnl + fill.price * fill.size - sold_cost,
            fees=self.fees + fill.fee,
            trades=self.trades + (0 if size else 1),
        )
