"""One candle of one pair: what waits, what enters, what is held, what leaves.

Backtests and the paper host step the same object over the same candles, so that they make the same
trades. Whoever steps it keeps the order of the pairs: those with open trades first.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from trading.strategy_framework.trade_manager.adjustments import adjust_position
from trading.strategy_framework.trade_manager.candle import Candle, Direction, Exit, ExitKind
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.entries import open_trade, replace_entry
from trading.strategy_framework.trade_manager.exit_orders import leave, place_exit
from trading.strategy_framework.trade_manager.exits import exits_of
from trading.strategy_framework.trade_manager.fills import settle_exit, try_fill
from trading.strategy_framework.trade_manager.open_orders import (
    cancel,
    drop_timed_out,
    is_timed_out,
    wanted_rate,
)
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade

Exits = Callable[[Desk, Trade, Candle], Sequence[Exit]]
"""Which exits a candle gives a trade, in the order in which they are tried (see `exits`)."""


class TradeManager:
    """Trades for one strategy with one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def step(
        self, pair: str, candle: Candle, now: datetime, direction: Direction | None, *, may_enter: bool
    ) -> None:
        """Carry a pair over one candle; where it leaves one direction, it may enter the other at once.

        `now` is the time that the run stands at: the candle's open, unless data are missing.
        """
        left = self._step_once(pair, candle, now, direction, may_enter=may_enter)
        if self.desk.can_short and direction is not None and left is not None and left != direction:
            self._step_once(pair, candle, now, direction, may_enter=may_enter)

    def force_exit(self, pair: str, last: Candle) -> None:
        """End a pair's trades at the open of its last candle; entries that never filled are forgotten."""
        book = self.desk.book
        for trade in list(book.open_trades_of(pair)):
            unfilled = trade.has_open_orders and trade.nr_of_successful_entries == 0
            if unfilled or not trade.has_open_position:
                book.remove(trade)
                continue
            reason = ExitKind.FORCE_EXIT.value
            place_exit(self.desk, trade, last, rate=last.open, amount=trade.amount, reason=reason)
            trade.exit_reason = reason
            settle_exit(self.desk, trade.orders[-1], trade, last.time, last)

    def _step_once(
        self, pair: str, candle: Candle, now: datetime, direction: Direction | None, *, may_enter: bool
    ) -> Direction | None:
        """Return the direction of the trade that was left, if the pair is now without one."""
        desk = self.desk
        trades = desk.book.open_trades_of(pair)
        held: Direction | None = None
        if trades and not desk.terms.position_stacking:
            held = trades[0].trade_direction
        self._begin(pair, candle, now, direction, may_enter=may_enter)
        for trade in list(desk.book.open_trades_of(pair)):
            self._carry(trade, now, candle, exits_of)
        return held if held and not desk.book.open_trades_of(pair) else None

    def _begin(
        self, pair: str, candle: Candle, now: datetime, direction: Direction | None, *, may_enter: bool
    ) -> None:
        """Look after the orders that wait, forget the trades that gave up, then enter."""
        desk = self.desk
        for trade in list(desk.book.open_trades_of(pair)):
            if trade.has_open_orders and self._gives_up(trade, now, candle):
                desk.book.remove(trade)
                desk.wallet.update()
        if direction is not None and may_enter:
            self._enter(pair, candle, direction)

    def _gives_up(self, trade: Trade, now: datetime, candle: Candle) -> bool:
        """Look after the open orders; tell whether the trade is to be forgotten as nothing was filled."""
        for order in [order for order in trade.orders if order.ft_is_open]:
            if is_timed_out(self.desk, trade, order, now):
                if drop_timed_out(self.desk, trade, order):
                    return True
            elif now > order.order_date_utc and self._reprice(trade, order, now, candle):
                self.desk.counts.canceled_trades += 1
                return True
        return False

    def _reprice(self, trade: Trade, order: Order, now: datetime, candle: Candle) -> bool:
        """Give an order another price if the strategy wants it; tell whether the trade is over."""
        desk = self.desk
        rate = wanted_rate(desk, trade, order, now, candle)
        if rate == order.ft_price:
            return False
        is_entry = order.side == trade.entry_side
        cancel(desk, trade, order)
        if not rate:
            return trade.nr_of_successful_entries == 0
        if is_entry:
            stake = order.safe_remaining * order.ft_price / trade.leverage
            replace_entry(desk, trade, candle, rate=rate, stake=stake)
            desk.counts.replaced_entries += 1
        else:
            remaining, reason = order.safe_remaining, order.ft_order_tag
            place_exit(desk, trade, candle, rate=rate, amount=remaining, reason=reason)
            desk.counts.replaced_exits += 1
        return is_entry and not trade.has_open_orders and trade.nr_of_successful_entries == 0

    def _enter(self, pair: str, candle: Candle, direction: Direction) -> None:
        desk = self.desk
        if desk.book.open_trades_of(pair) and not desk.terms.position_stacking:
            return
        if desk.is_locked(pair, candle.time, direction) or not desk.has_free_slot():
            return
        if open_trade(desk, pair, candle, direction) is not None:
            desk.wallet.update()

    def _carry(self, trade: Trade, now: datetime, candle: Candle, exits: Exits) -> None:
        """Fill the trade's entry, then let its position be adjusted and left."""
        desk = self.desk
        self._fill_entry(trade, now, candle)
        if trade.has_open_position:
            desk.charge_due_funding(trade, now)
            if desk.strategy.position_adjustment_enable:
                adjust_position(desk, trade, now, candle)
            if trade.is_open:
                self._leave_for_first(trade, now, candle, exits)
        self._fill_exit(trade, now, candle)

    def _fill_entry(self, trade: Trade, now: datetime, candle: Candle) -> bool:
        """Fill the entry that waits, if the venue does; tell whether it did."""
        entry = trade.select_order(trade.entry_side, True)  # noqa: FBT003 (freqtrade's signature)
        if entry is None or not try_fill(self.desk, entry, trade, now, candle):
            return False
        self.desk.wallet.update()
        return True

    def _leave_for_first(self, trade: Trade, now: datetime, candle: Candle, exits: Exits) -> None:
        """Place an order for the first of the candle's exits that can be had."""
        for exit_ in exits(self.desk, trade, candle):
            if leave(self.desk, trade, exit_, now, candle):
                return

    def _fill_exit(self, trade: Trade, now: datetime, candle: Candle) -> None:
        """Fill the exit that waits, if the venue does, with what follows for the trade."""
        leaving = trade.select_order(trade.exit_side, True)  # noqa: FBT003 (freqtrade's signature)
        if leaving is not None:
            settle_exit(self.desk, leaving, trade, now, candle)
