"""The manager's step in two halves, for a market that is still moving.

What a candle decides at its open comes first: waiting orders, entries, changes of the position, exit
signals. What its prices do comes after, once for the whole candle or look by look: waiting orders
fill, stops and minimal returns are reached. A backtest knows the whole candle and makes one step of
it; both halves over the same candle make the same trades.
"""

from datetime import datetime

from trading.strategy_framework.trade_manager.adjustments import adjust_position
from trading.strategy_framework.trade_manager.candle import Candle, Direction
from trading.strategy_framework.trade_manager.exits import exits_of, opening_exits, range_exits
from trading.strategy_framework.trade_manager.manager import TradeManager


class PhasedManager(TradeManager):
    """Steps pairs through a candle as it happens; `now` and the candle's time are the candle's open.

    It must not be mixed with `step` on the same candle.
    """

    def at_open(
        self, pair: str, candle: Candle, now: datetime, direction: Direction | None, *, may_enter: bool
    ) -> None:
        """Do what the signals of the candle before ask for, at the price of `candle.open`."""
        self._begin(pair, candle, now, direction, may_enter=may_enter)
        for trade in list(self.desk.book.open_trades_of(pair)):
            self._carry(trade, now, candle, opening_exits)

    def over_range(self, pair: str, candle: Candle, now: datetime) -> None:
        """Do what the prices from `candle.low` to `candle.high` ask for."""
        for trade in list(self.desk.book.open_trades_of(pair)):
            is_filled = self._fill_entry(trade, now, candle)
            if is_filled and self.desk.strategy.position_adjustment_enable:
                adjust_position(self.desk, trade, now, candle)
            if trade.has_open_position and trade.is_open:
                # What was bought only now had no chance yet to be left for the signal of the open.
                self._leave_for_first(trade, now, candle, exits_of if is_filled else range_exits)
            self._fill_exit(trade, now, candle)
