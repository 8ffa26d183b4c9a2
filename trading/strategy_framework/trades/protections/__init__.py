"""Protections: rules that lock pairs after bad trades, run after each exit.

The settings are freqtrade's: a list of mappings with `method` and the method's own keys.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trading.strategy_framework.candles.times import timeframe_to_minutes
from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.errors import BadTerms
from trading.strategy_framework.trades.pair_locks import EVERY_PAIR
from trading.strategy_framework.trades.protections.base import Protection, Stop
from trading.strategy_framework.trades.protections.cooldown_period import CooldownPeriod
from trading.strategy_framework.trades.protections.low_profit_pairs import LowProfitPairs
from trading.strategy_framework.trades.protections.max_drawdown import MaxDrawdown
from trading.strategy_framework.trades.protections.stoploss_guard import StoplossGuard

__all__ = ["CooldownPeriod", "LowProfitPairs", "MaxDrawdown", "Protections", "StoplossGuard"]

METHODS: dict[str, type[Protection]] = {
    method.__name__: method for method in (CooldownPeriod, LowProfitPairs, MaxDrawdown, StoplossGuard)
}


class Protections:
    """A strategy's protections over one book; `starting_balance` is the wallet's when the run began."""

    def __init__(
        self,
        settings: Sequence[Mapping[str, Any]],
        timeframe: str,
        book: TradeBook,
        *,
        starting_balance: float,
    ) -> None:
        """Build them in the order given.

        Raises:
            BadTerms: an unknown method, or settings that contradict each other.
        """
        minutes = timeframe_to_minutes(timeframe)
        self._book = book
        self._starting_balance = starting_balance
        self._protections = [_method(each)(each, minutes, book) for each in settings]

    def run(self, pair: str, now: datetime, side: str) -> None:
        """Let each protection lock, first `pair`, then everything; `side` is that of the trade that ended."""
        for protection in self._protections:
            if protection.locks_pair:
                self._lock(pair, now, protection.stop_pair(pair, now, side))
        for protection in self._protections:
            if protection.locks_all:
                self._lock(EVERY_PAIR, now, protection.stop_all(now, side, self._starting_balance))

    def _lock(self, pair: str, now: datetime, stop: Stop | None) -> None:
        locks = self._book.locks
        if stop and not locks.are_held(pair, stop.until, stop.side):
            locks.lock(pair, stop.until, stop.reason, now=now, side=stop.side)


def _method(settings: Mapping[str, Any]) -> type[Protection]:
    name = settings.get("method")
    if name not in METHODS:
        raise BadTerms("protections.method", name, f"must be one of {', '.join(sorted(METHODS))}")
    return METHODS[name]
