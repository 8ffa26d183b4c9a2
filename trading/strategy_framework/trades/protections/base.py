"""What all protections share: how far they look back, how long they lock, and how they say so."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec

from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.errors import BadTerms
from trading.strategy_framework.trades.trade import Trade


class Stop(msgspec.Struct, frozen=True):
    """A wish to lock, until when, why, and which side."""

    until: datetime
    reason: str
    side: str = "*"


def _counted(count: float, unit: str) -> str:
    return f"{count} {unit if count in (1, -1) else unit + 's'}"


class Protection:
    """One protection with its settings; lengths are in minutes or candles.

    `locks_all` and `locks_pair` say which of the two questions it answers.
    """

    locks_all: ClassVar[bool] = False
    locks_pair: ClassVar[bool] = False

    def __init__(self, settings: Mapping[str, Any], timeframe_minutes: int, book: TradeBook) -> None:
        self.book = book
        self._check(settings)
        self._stop_candles: int | None = None
        self._stop_minutes = 0
        self._unlock_at: str | None = None
        if "stop_duration_candles" in settings:
            self._stop_candles = int(settings["stop_duration_candles"])
            self._stop_minutes = timeframe_minutes * self._stop_candles
        elif "unlock_at" in settings:
            self._unlock_at = settings["unlock_at"]
        else:
            self._stop_minutes = int(settings.get("stop_duration", 60))
        self._lookback_candles: int | None = None
        if "lookback_period_candles" in settings:
            self._lookback_candles = int(settings["lookback_period_candles"])
            self.lookback_minutes = timeframe_minutes * self._lookback_candles
        else:
            self.lookback_minutes = int(settings.get("lookback_period", 60))

    def _check(self, settings: Mapping[str, Any]) -> None:
        name = f"protections.{type(self).__name__}"
        unlock_at = settings.get("unlock_at")
        if unlock_at is not None:
            try:
                datetime.strptime(unlock_at, "%H:%M").replace(tzinfo=UTC)
            except (TypeError, ValueError):
                raise BadTerms(f"{name}.unlock_at", unlock_at, "must be a time of day like 18:30") from None
        for keys in (
            ("stop_duration", "stop_duration_candles"),
            ("lookback_period", "lookback_period_candles"),
            ("unlock_at", "stop_duration"),
            ("unlock_at", "stop_duration_candles"),
        ):
            if all(settings.get(key) is not None for key in keys):
                raise BadTerms(name, settings, f"has {keys[0]} or {keys[1]}, not both")

    @property
    def lookback_text(self) -> str:
        """How far back it looks, in words."""
        if self._lookback_candles:
            return _counted(self._lookback_candles, "candle")
        return _counted(self.lookback_minutes, "minute")

    @property
    def duration_text(self) -> str:
        """How long it locks, in words."""
        if self._unlock_at is not None:
            return f"until {self._unlock_at}"
        if self._stop_candles:
            return f"for {_counted(self._stop_candles, 'candle')}"
        return f"for {_counted(self._stop_minutes, 'minute')}"

    def recent(self, now: datetime, pair: str | None = None) -> list[Trade]:
        """Return the trades closed within the look-back, of one pair or of all."""
        return self.book.closed_since(now - timedelta(minutes=self.lookback_minutes), pair)

    def lock_end(self, trades: Sequence[Trade]) -> datetime:
        """Return when a lock after these trades ends."""
        newest = max(trade.close_date for trade in trades if trade.close_date)
        if newest.tzinfo is None:
            newest = newest.replace(tzinfo=UTC)
        if self._unlock_at is None:
            return newest + timedelta(minutes=self._stop_minutes)
        hour, _, minute = self._unlock_at.partition(":")
        unlock = newest.replace(hour=int(hour), minute=int(minute))
        return unlock + timedelta(days=1) if unlock < newest else unlock

    def stop_all(self, now: datetime, side: str, starting_balance: float) -> Stop | None:  # noqa: ARG002
        """Return a lock of every pair, if its rule asks for one."""
        return None

    def stop_pair(self, pair: str, now: datetime, side: str) -> Stop | None:  # noqa: ARG002
        """Return a lock of the pair, if its rule asks for one."""
        return None
