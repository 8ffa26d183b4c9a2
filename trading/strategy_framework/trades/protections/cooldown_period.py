"""CooldownPeriod: no new trade in a pair for a while after one ended."""

from datetime import datetime
from typing import ClassVar

from trading.strategy_framework.trades.protections.base import Protection, Stop


class CooldownPeriod(Protection):
    """Locks a pair after each of its trades."""

    locks_pair: ClassVar[bool] = True

    def stop_pair(self, pair: str, now: datetime, side: str) -> Stop | None:  # noqa: ARG002
        """Lock from the newest trade's end on."""
        trades = self.recent(now, pair)
        if not trades:
            return None
        # The duration begins with "for" or "until" already: the doubled word is freqtrade's.
        return Stop(self.lock_end(trades), f"Cooldown period for {self.duration_text}.")
