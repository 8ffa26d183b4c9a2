"""The engine's memory: a function of the ledger's records, and of nothing else.

`apply` is the only way to change it, live and in a replay, which is why a restart gives the same.
"""

from collections import deque
from decimal import Decimal

from market.events import Side
from trading.core.ledger import (
    EquityMarked,
    LedgerOpened,
    Record,
    StrategyStateChanged,
    TradingStateChanged,
)
from trading.core.orders import ClientOrderId, Fill, Order, OrderEvent, OrderIntent
from trading.core.portfolio import Account
from trading.core.views import TradingState
from trading.errors import JournalCorrupt, UnknownOrder

_EVERYTHING = Decimal("Infinity")
HISTORY_MAX = 20_000
"""Finished orders and fills that are kept in memory; older ones are in the journal alone."""


class LedgerState:
    """Orders, fills, account and states after `seq` records."""

    def __init__(self) -> None:
        self.seq = 0
        self.orders: dict[ClientOrderId, Order] = {}
        self.open_orders: dict[ClientOrderId, Order] = {}
        self.fills: deque[Fill] = deque(maxlen=HISTORY_MAX)
        self.trading: TradingStateChanged | None = None
        self.strategies: dict[str, StrategyStateChanged] = {}
        self._forgotten: set[ClientOrderId] = set()
        self._finished: deque[ClientOrderId] = deque()
        self._taken: dict[tuple[str, str, Side], tuple[int, Decimal]] = {}
        self._account: Account | None = None

    @property
    def account(self) -> Account:
        """The account.

        Raises:
            JournalCorrupt: the journal does not begin with its opening record.
        """
        if self._account is None:
            raise JournalCorrupt("the journal does not begin with the opening of the account")
        return self._account

    @property
    def is_opened(self) -> bool:
        """Whether the account has been opened."""
        return self._account is not None

    @property
    def is_halted(self) -> bool:
        """Whether an operator's halt is in force."""
        return self.trading is not None and self.trading.state is TradingState.HALTED

    def knows(self, client_order_id: ClientOrderId) -> bool:
        """Whether an order with this id was ever made."""
        return client_order_id in self.orders or client_order_id in self._forgotten

    def order(self, client_order_id: ClientOrderId) -> Order:
        """Return an order.

        Raises:
            UnknownOrder: there is none with this id, or it is so old that only the journal has it.
        """
        try:
            return self.orders[client_order_id]
        except KeyError:
            where = "only in the journal by now" if client_order_id in self._forgotten else "unknown"
            raise UnknownOrder(f"order {client_order_id!r} is {where}") from None

    def taken_size(self, symbol: str, venue: str, side: Side, book_ts: int) -> Decimal:
        """Return what our own fills have already taken from the frame of `book_ts`.

        All there is, when we have traded on a newer frame: an old frame gives nothing any more.
        """
        ts, size = self._taken.get((symbol, venue, side), (0, Decimal(0)))
        if book_ts < ts:
            return _EVERYTHING
        return size if ts == book_ts else Decimal(0)

    def apply(self, record: Record) -> None:
        """Take the next record.

        Raises:
            IllegalTransition: the record does not follow from what was before.
            JournalCorrupt: the account was not opened first.
        """
        self.seq += 1
        match record:
            case LedgerOpened():
                self._account = Account(record)
            case OrderIntent():
                self._keep(Order(intent=record, updated_at=record.ts))
            case OrderEvent():
                self._keep(self.order(record.client_order_id).apply(record))
            case Fill():
                self._apply_fill(record)
            case TradingStateChanged():
                self.trading = record
            case StrategyStateChanged():
                self.strategies[record.strategy] = record
            case EquityMarked():
                self.account.apply_mark(record)

    def _apply_fill(self, fill: Fill) -> None:
        self._keep(self.order(fill.client_order_id).fill(fill))
        self.account.apply_fill(fill)
        self.fills.append(fill)
        taken = self.taken_size(fill.symbol, fill.venue, fill.side, fill.book_ts)
        self._taken[fill.symbol, fill.venue, fill.side] = (fill.book_ts, taken + fill.size)

    def _keep(self, order: Order) -> None:
        self.orders[order.client_order_id] = order
        if order.is_open:
            self.open_orders[order.client_order_id] = order
            return
        self.open_orders.pop(order.client_order_id, None)
        self._finished.append(order.client_order_id)
        if len(self._finished) > HISTORY_MAX:
            oldest = self._finished.popleft()
            del self.orders[oldest]
            self._forgotten.add(oldest)
