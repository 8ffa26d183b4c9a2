"""LowProfitPairs: a pair whose trades earned too little rests for a while."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.protections.base import Protection, Stop


class LowProfitPairs(Protection):
    """Locks a pair when its recent profits, as fractions, add up to less than `required_profit`."""

    locks_pair: ClassVar[bool] = True

    def __init__(self, settings: Mapping[str, Any], timeframe_minutes: int, book: TradeBook) -> None:
        super().__init__(settings, timeframe_minutes, book)
        self._trade_limit = settings.get("trade_limit", 1)
        self._required_profit = settings.get("required_profit", 0.0)
        self._only_per_side = settings.get("only_per_side", False)

    def stop_pair(self, pair: str, now: datetime, side: str) -> Stop | None:
        """Lock when there were `trade_limit` trades and their profit is too low."""
        trades = self.recent(now, pair)
        if len(trades) < self._trade_limit:
            return None
        profit = sum(
            trade.close_profit
            for trade in trades
            if trade.close_profit and (not self._only_per_side or trade.trade_direction == side)
        )
        if profit >= self._required_profit:
            return None
        reason = f"{profit} < {self._required_profit} in {self.lookback_text}, locking {self.duration_text}."
        return Stop(self.lock_end(trades), reason, side if self._only_per_side else "*")
