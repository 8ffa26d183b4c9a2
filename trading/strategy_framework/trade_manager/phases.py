"""The manager's step in two halves, for a market that is still moving.

What a candle decides at its open comes first: waiting orders, entries, changes of the position, exit
signals. What its prices do comes after, once for the whole candle or look by look: waiting orders
fill, stops and minimal returns are reached. A backtest knows the whole candle and makes one step of
it; both halves over the same candle make the same trades.
"""

from datetime import datetime

from trading.strategy_framework.trade_manager.adjustments import adjust_position
from trading.strategy_framework.trade_manager.candle import Candle, Direction
from trading.strategy_framework.trade_manager.exit_orders import leave
from trading.strategy_framework.trade_manager.exits import opening_exit, range_exits
from trading.strategy_framework.trade_manager.fills import settle_exit, try_fill
from trading.strategy_framework.trade_manager.manager import TradeManager
from trading.strategy_framework.trades.trade import Trade


class PhasedManager(TradeManager):
    """Steps pairs through a candle as it happens; `now` and the candle's time are the candle's open.

    It must not be mixed with `step` on the same candle.
    """

    def at_open(
        self, pair: str, candle: Candle, now: datetime, direction: Direction | None, *, may_enter: bool
    ) -> None:
        """Do what the signals of the candle before ask for, at the price of `candle.open`."""
        desk = self.desk
        for trade in list(desk.book.open_trades_of(pair)):
            if trade.has_open_orders and self._gives_up(trade, now, candle):
                desk.book.remove(trade)
                desk.wallet.update()
        if direction is not None and may_enter:
            self._enter(pair, candle, direction)
        for trade in list(desk.book.open_trades_of(pair)):
            self._open_trade(trade, now, candle)

    def over_range(self, pair: str, candle: Candle, now: datetime) -> None:
        """Do what the prices from `candle.low` to `candle.high` ask for."""
        for trade in list(self.desk.book.open_trades_of(pair)):
            if self._fill_entry(trade, now, candle) and self.desk.strategy.position_adjustment_enable:
                adjust_position(self.desk, trade, now, candle)
            if trade.has_open_position and trade.is_open:
                for exit_ in range_exits(self.desk, trade, candle):
                    if leave(self.desk, trade, exit_, now, candle):
                        break
            self._settle(trade, now, candle)

    def _open_trade(self, trade: Trade, now: datetime, candle: Candle) -> None:
        self._fill_entry(trade, now, candle)
        if trade.has_open_position:
            self.desk.charge_due_funding(trade, now)
            if self.desk.strategy.position_adjustment_enable:
                adjust_position(self.desk, trade, now, candle)
            exit_ = opening_exit(self.desk, trade, candle) if trade.is_open else None
            if exit_ is not None:
                leave(self.desk, trade, exit_, now, candle)
        self._settle(trade, now, candle)

    def _fill_entry(self, trade: Trade, now: datetime, candle: Candle) -> bool:
        entry = trade.select_order(trade.entry_side, True)  # noqa: FBT003 (freqtrade's signature)
        if entry is None or not try_fill(self.desk, entry, trade, now, candle):
            return False
        self.desk.wallet.update()
        return True

    def _settle(self, trade: Trade, now: datetime, candle: Candle) -> None:
        leaving = trade.select_order(trade.exit_side, True)  # noqa: FBT003
        if leaving is not None:
            settle_exit(self.desk, leaving, trade, now, candle)
