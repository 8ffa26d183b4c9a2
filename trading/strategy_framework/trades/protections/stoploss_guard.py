"""StoplossGuard: a rest after many stops within a short time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.protections.base import Protection, Stop

STOP_REASONS = ("trailing_stop_loss", "stop_loss", "stoploss_on_exchange", "liquidation")


class StoplossGuard(Protection):
    """Locks one pair, or all unless `only_per_pair`, after `trade_limit` stops with a low profit."""

    locks_all: ClassVar[bool] = True
    locks_pair: ClassVar[bool] = True

    def __init__(self, settings: Mapping[str, Any], timeframe_minutes: int, book: TradeBook) -> None:
        super().__init__(settings, timeframe_minutes, book)
        self._trade_limit = settings.get("trade_limit", 10)
        self._only_per_pair = settings.get("only_per_pair", False)
        self._only_per_side = settings.get("only_per_side", False)
        self._required_profit = settings.get("required_profit", 0.0)

    def stop_all(self, now: datetime, side: str, starting_balance: float) -> Stop | None:  # noqa: ARG002
        """Lock every pair after stops in any of them."""
        return None if self._only_per_pair else self._guard(now, None, side)

    def stop_pair(self, pair: str, now: datetime, side: str) -> Stop | None:
        """Lock the pair after its own stops."""
        return self._guard(now, pair, side)

    def _guard(self, now: datetime, pair: str | None, side: str) -> Stop | None:
        trades = [
            trade
            for trade in self.recent(now, pair)
            if str(trade.exit_reason) in STOP_REASONS
            and trade.close_profit
            and trade.close_profit < self._required_profit
            and (not self._only_per_side or trade.trade_direction == side)
        ]
        if len(trades) < self._trade_limit:
            return None
        reason = (
            f"{self._trade_limit} stoplosses in {self.lookback_minutes} min, locking {self.duration_text}."
        )
        return Stop(self.lock_end(trades), reason, side if self._only_per_side else "*")
