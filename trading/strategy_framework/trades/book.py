"""The account book of one run: its trades, locks and notes, found through a context variable.

Strategies ask class methods (`Trade.get_open_trades()`, `PairLocks.is_pair_locked(…)`); those answer
from the book that is active where they are called, so that several runs live in one process.
"""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from market.clock import NS_PER_S, Clock, SystemClock
from trading.strategy_framework.trades.custom_data import CustomData
from trading.strategy_framework.trades.errors import NoTradeBook

if TYPE_CHECKING:
    from trading.strategy_framework.trades.trade import Trade

_active: ContextVar["TradeBook"] = ContextVar("trade_book")


def current() -> "TradeBook":
    """Return the active book.

    Raises:
        NoTradeBook: no run is active here.
    """
    try:
        return _active.get()
    except LookupError:
        raise NoTradeBook from None


def _close_date(trade: "Trade") -> datetime:
    assert trade.close_date is not None, "closed trades have a close date"
    return trade.close_date


class TradeBook:
    """Open trades in the order they were opened, closed ones in the order they were closed.

    `queries` allows `Trade.get_trades(filters)`, which freqtrade refuses in backtests.
    """

    def __init__(self, timeframe: str, *, clock: Clock | None = None, queries: bool = False) -> None:
        from trading.strategy_framework.trades.pair_locks import Locks  # noqa: PLC0415 (it needs `current`)

        self.timeframe = timeframe
        self.queries = queries
        self._clock = clock or SystemClock()
        self.open_trades: list[Trade] = []
        self.closed_trades: list[Trade] = []
        self._open_of_pair: dict[str, list[Trade]] = {}
        self._closed_of_pair: dict[str, list[Trade]] = {}
        self._closed_in_order = True
        self.total_closed_profit: float = 0
        self.custom_data = CustomData()
        self.locks = Locks(timeframe, self.now)
        self._trade_id = 0
        self._order_id = 0

    @contextmanager
    def active(self) -> Iterator["TradeBook"]:
        """Make this the book that `Trade` and `PairLocks` answer from, within the block."""
        token = _active.set(self)
        try:
            yield self
        finally:
            _active.reset(token)

    def now(self) -> datetime:
        """Return the clock's time, UTC."""
        return datetime.fromtimestamp(self._clock.now_ns() / NS_PER_S, tz=UTC)

    def next_trade_id(self) -> int:
        """Return the next trade number, the first is 1."""
        self._trade_id += 1
        return self._trade_id

    def next_order_id(self) -> int:
        """Return the next order number, the first is 1."""
        self._order_id += 1
        return self._order_id

    @property
    def counters(self) -> tuple[int, int]:
        """The last trade id and the last order id that were given."""
        return self._trade_id, self._order_id

    def count_from(self, trade_id: int, order_id: int) -> None:
        """Go on counting after these ids: a kept book was read."""
        self._trade_id, self._order_id = trade_id, order_id

    def open_trades_of(self, pair: str) -> list["Trade"]:
        """Return the pair's open trades, oldest first."""
        return self._open_of_pair.get(pair, [])

    def closed_trades_of(self, pair: str) -> list["Trade"]:
        """Return the pair's closed trades, in the order they were closed."""
        return self._closed_of_pair.get(pair, [])

    def closed_since(self, moment: datetime, pair: str | None = None) -> list["Trade"]:
        """Return the trades closed after `moment` (exclusive), of one pair or of all."""
        trades = self.closed_trades if pair is None else self.closed_trades_of(pair)
        if self._closed_in_order:
            return trades[bisect_right(trades, moment, key=_close_date) :]
        return [trade for trade in trades if trade.close_date and trade.close_date > moment]

    def add(self, trade: "Trade") -> None:
        """Take a new trade, or one that is over already."""
        if trade.is_open:
            self.open_trades.append(trade)
            self._open_of_pair.setdefault(trade.pair, []).append(trade)
        else:
            self._add_closed(trade)

    def close(self, trade: "Trade") -> None:
        """Move an open trade to the closed ones and add its profit."""
        self.remove(trade)
        self._add_closed(trade)
        self.total_closed_profit += trade.close_profit_abs or 0.0

    def remove(self, trade: "Trade") -> None:
        """Forget an open trade: its entry was never filled."""
        self.open_trades.remove(trade)
        self._open_of_pair[trade.pair].remove(trade)

    def _add_closed(self, trade: "Trade") -> None:
        newest = self.closed_trades[-1].close_date if self.closed_trades else None
        date = trade.close_date
        if date is None or (newest is not None and date < newest):
            self._closed_in_order = False
        self.closed_trades.append(trade)
        self._closed_of_pair.setdefault(trade.pair, []).append(trade)
