"""Takes a strategy's orders to the engine, and the engine's fills back to its trades.

Each order becomes one signal whose id names the order, so that it is followed once, whatever happens:
the book is kept before the signal is sent, and after a restart the engine's own journal says what
became of the order. The engine routes, checks risk and fills; what it fills, at which price and fee,
is what the trade then holds.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import structlog

from market.clock import Clock
from trading.core.engine import Engine
from trading.core.orders import client_order_id
from trading.core.signals import Direction, Signal
from trading.core.texts import TAG_LENGTH_MAX, storable
from trading.core.views import OrderView
from trading.errors import BadSignal
from trading.strategy_framework.trade_manager.candle import Candle
from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade

UNDER_WAY = frozenset({"SUBMITTED", "ACCEPTED", "PARTIALLY_FILLED", "PENDING_CANCEL"})
NEVER_SENT = "the process ended before it was sent"

log = structlog.get_logger()


class EngineVenue:
    """The orders of one strategy. `keep` stores its book; it is called before each new order is sent.

    Entries into a pair that is paused are refused here: see `pause`.
    """

    def __init__(
        self, strategy: str, book: TradeBook, *, engine: Engine, clock: Clock, keep: Callable[[], None]
    ) -> None:
        self._strategy = strategy
        self._book = book
        self._engine = engine
        self._clock = clock
        self._keep = keep
        self._resting: dict[str, tuple[Order, Trade]] = {}
        self._paused_until: dict[str, datetime] = {}
        self._sent: list[OrderView] = []
        self._problem: str | None = None
        # What is open in a book that was read may have been sent, or not.
        self._restored = {
            self._signal_id(order) for trade in book.open_trades for order in trade.orders if order.ft_is_open
        }

    def fill(self, order: Order, trade: Trade, now: datetime, candle: Candle) -> bool:
        """Send the order if it is new; book what the engine has filled of it."""
        signal_id = self._signal_id(order)
        view = self._engine.order(client_order_id(signal_id))
        if view is None:
            reason = self._reason_not_to_send(signal_id, order, trade, now)
            if reason is not None:
                _end(order, "canceled", reason)
                return False
            try:
                signal = self._signal(signal_id, order, trade, candle)
            except (BadSignal, ArithmeticError) as error:
                self._problem = f"an order for {trade.pair} makes no sense and was not sent: {error}"
                _end(order, "rejected", self._problem)
                return False
            self._keep()
            view = self._engine.on_signal(signal)
            self._sent.append(view)
            log.info(
                "signal_followed",
                strategy=self._strategy,
                symbol=trade.pair,
                reason=view.tag,
                order=view.state,
            )
        return self._book_view(order, trade, view, now)

    def pause(self, pair: str, until: datetime) -> None:
        """Send no entries into a pair for a while: they would only be denied again."""
        self._paused_until[pair] = until

    def take_sent(self) -> list[OrderView]:
        """Return the orders sent since the last call."""
        sent, self._sent = self._sent, []
        return sent

    def take_problem(self) -> str | None:
        """Return what was wrong with an order since the last call."""
        problem, self._problem = self._problem, None
        return problem

    def sweep(self, now: datetime) -> None:
        """Cancel at the engine what the manager has given up; what was filled of it is kept."""
        for order_id, (order, trade) in list(self._resting.items()):
            view = self._engine.order(order_id)
            if order in trade.orders and order.ft_is_open and view is not None:
                continue
            del self._resting[order_id]
            if view is not None and view.state in UNDER_WAY:
                view = self._engine.cancel(order_id, by=self._strategy)
            if view is not None and view.filled_size and order not in trade.orders:
                trade.orders.append(order)
                if trade not in self._book.open_trades and trade.is_open:
                    self._book.add(trade)
                _take_fill(order, trade, view, now)

    def _book_view(self, order: Order, trade: Trade, view: OrderView, now: datetime) -> bool:
        if view.state in UNDER_WAY:
            self._resting[view.client_order_id] = (order, trade)
            return False
        self._resting.pop(view.client_order_id, None)
        if not view.filled_size:
            _end(order, "rejected" if view.state == "DENIED" else "canceled", view.reason or view.state)
            return False
        _take_fill(order, trade, view, now)
        return True

    def _reason_not_to_send(self, signal_id: str, order: Order, trade: Trade, now: datetime) -> str | None:
        if signal_id in self._restored:
            return NEVER_SENT
        paused_until = self._paused_until.get(trade.pair)
        if paused_until is not None and now < paused_until and order.ft_order_side == trade.entry_side:
            return "entries are paused after one was denied"
        return None

    def _signal_id(self, order: Order) -> str:
        placed_ms = round(order.order_date_utc.timestamp() * 1000)
        return f"{self._strategy}:{order.ft_pair}:{placed_ms}:{order.id}"

    def _signal(self, signal_id: str, order: Order, trade: Trade, candle: Candle) -> Signal:
        """Say the order in the engine's words: one whose price is not reached yet rests, others don't."""
        is_entry = order.ft_order_side == trade.entry_side
        rests = order.ft_price < candle.low if is_entry else order.ft_price > candle.high
        closes = not is_entry and order.amount == trade.amount
        alone = len(self._book.open_trades_of(trade.pair)) == 1
        return Signal(
            id=signal_id,
            strategy=self._strategy,
            symbol=trade.pair,
            direction=Direction.ENTER_LONG if is_entry else Direction.EXIT_LONG,
            ts=self._clock.now_ns(),
            tag=storable(str(order.ft_order_tag or ("entry" if is_entry else "exit")), TAG_LENGTH_MAX),
            # Without a size an exit sells all that the ledger has, so that no dust stays behind.
            size=None if closes and alone else Decimal(repr(order.safe_amount)),
            limit_price=Decimal(repr(order.ft_price)) if rests else None,
        )


def _take_fill(order: Order, trade: Trade, view: OrderView, now: datetime) -> None:
    """Book amount, price and fee as they were, in place of what was asked for."""
    assert view.average_price is not None, "what is filled has a price"
    quote = view.average_price * view.filled_size
    rate = float(view.fees / quote) if quote else 0.0
    order.amount = float(view.filled_size)
    order.price = order.average = float(view.average_price)
    order.cost = float(quote + view.fees)
    if order.ft_order_side == trade.exit_side:
        trade.fee_close = rate
    elif not trade.nr_of_successful_entries:
        trade.fee_open = trade.fee_close = rate
    order.close_bt_order(now, trade)


def _end(order: Order, status: str, reason: str) -> None:
    order.ft_is_open = False
    order.status = status
    order.ft_cancel_reason = reason
    order.filled = 0.0
