"""The account: cash, positions, peak and day start, as a function of the ledger's records.

Balances are pooled over venues: paper trading assumes that each venue holds what an order needs.
Invariant: cash + value of positions = capital + realised + unrealised P&L - fees.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeAlias

from market.clock import NS_PER_S
from market.events import Side
from trading.core.ledger import EquityMarked, LedgerOpened
from trading.core.orders import Fill
from trading.core.positions import Position

MarkOf: TypeAlias = Callable[[str], Decimal]
"""Gives the present price of a symbol."""

DAY_NS = 86_400 * NS_PER_S


class Account:
    """One account in one quote currency."""

    def __init__(self, opened: LedgerOpened) -> None:
        self.capital = opened.capital
        self.currency = opened.currency
        self.cash = opened.capital
        self.peak_equity = opened.capital
        self.day = opened.ts // DAY_NS
        self.day_start_equity = opened.capital
        self.marked_at = opened.ts
        self.marked_equity = opened.capital
        self.last_marks: dict[str, Decimal] = {}
        self._positions: dict[tuple[str, str], Position] = {}

    def apply_fill(self, fill: Fill) -> None:
        """Book a fill: cash, position, and the price as the newest mark."""
        key = (fill.strategy, fill.symbol)
        position = self._positions.get(key) or Position(strategy=fill.strategy, symbol=fill.symbol)
        self._positions[key] = position.apply(fill)
        value = fill.price * fill.size
        self.cash += (-value if fill.side is Side.BUY else value) - fill.fee
        self.last_marks[fill.symbol] = fill.price

    def apply_mark(self, mark: EquityMarked) -> None:
        """Take an equity sample: it may be a new peak, and the first of a UTC day starts that day."""
        self.last_marks.update(mark.marks)
        self.peak_equity = max(self.peak_equity, mark.equity)
        self.marked_at, self.marked_equity = mark.ts, mark.equity
        if mark.ts // DAY_NS > self.day:
            self.day, self.day_start_equity = mark.ts // DAY_NS, mark.equity

    def position(self, strategy: str, symbol: str) -> Position:
        """Return the strategy's position in the symbol, empty if it has none."""
        return self._positions.get((strategy, symbol)) or Position(strategy=strategy, symbol=symbol)

    def positions(self) -> Iterable[Position]:
        """All positions, closed ones too."""
        return self._positions.values()

    def open_positions(self) -> list[Position]:
        """The open positions by symbol and strategy."""
        held = [position for position in self._positions.values() if position.is_open]
        return sorted(held, key=lambda position: (position.symbol, position.strategy))

    def realized_pnl(self) -> Decimal:
        """Realised P&L of all positions, before fees."""
        return sum((position.realized_pnl for position in self._positions.values()), Decimal(0))

    def unrealized_pnl(self, mark_of: MarkOf) -> Decimal:
        """Unrealised P&L of all positions, before fees."""
        return sum(
            (position.unrealized_pnl(mark_of(position.symbol)) for position in self.open_positions()),
            Decimal(0),
        )

    def fees(self) -> Decimal:
        """All fees ever paid."""
        return sum((position.fees for position in self._positions.values()), Decimal(0))

    def exposure_quote(self, mark_of: MarkOf) -> Decimal:
        """The value of all open positions."""
        return sum(
            (position.size * mark_of(position.symbol) for position in self.open_positions()), Decimal(0)
        )

    def equity(self, mark_of: MarkOf) -> Decimal:
        """Cash and the value of all open positions."""
        return self.cash + self.exposure_quote(mark_of)

    def drawdown(self, equity: Decimal) -> Decimal:
        """How far `equity` is under the peak, as a fraction ≤ 0."""
        peak = max(self.peak_equity, equity)
        return (equity - peak) / peak
