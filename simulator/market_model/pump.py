"""Bench mode: trades at an exact total rate, in place of the tape's."""

from collections.abc import Sequence
from typing import Protocol

from market.clock import NS_PER_S
from simulator.market_model.market import Market, Update

TRADES_PER_STEP_MAX = 5000


class Publisher(Protocol):
    """Where trades go: a venue's gateway."""

    def publish(self, market: Market, updates: Sequence[Update], now_ns: int) -> None:
        """Send updates of a market."""
        ...


class TradePump:
    """Shares `rate_per_s` trades evenly among markets: each step makes up what time has earned."""

    def __init__(self, pairs: Sequence[tuple[Publisher, Market]], rate_per_s: float, start_ns: int) -> None:
        self._pairs = list(pairs)
        self._rate_per_s = rate_per_s
        self._start_ns = start_ns
        self._made = 0
        for _, market in self._pairs:
            market.is_pumped = True

    def step(self, now_ns: int) -> None:
        """Publish the trades that are due, the remainder going round the markets."""
        owed = int((now_ns - self._start_ns) * self._rate_per_s / NS_PER_S) - self._made
        due = min(owed, TRADES_PER_STEP_MAX)  # what a busy machine left undone is made up step by step
        if due <= 0:
            return
        share, rest = divmod(due, len(self._pairs))
        turn = self._made % len(self._pairs)
        for place, (publisher, market) in enumerate(self._pairs):
            count = share + ((place - turn) % len(self._pairs) < rest)
            if count:
                publisher.publish(market, market.pump(count, now_ns), now_ns)
        self._made += due

    def stop(self) -> None:
        """Give the markets back to their tapes."""
        for _, market in self._pairs:
            market.is_pumped = False
