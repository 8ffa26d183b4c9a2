"""Locks: no entries into a pair (`*`: any pair) until a time, on one side or both."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.trades import book
from trading.strategy_framework.trades.order import DATE_FORMAT, milliseconds

EVERY_PAIR = "*"
BOTH_SIDES = "*"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class PairLock:
    """One lock, with freqtrade's field names; `side` is `long`, `short` or `*`."""

    def __init__(
        self, pair: str, lock_time: datetime, lock_end_time: datetime, reason: str | None, side: str
    ) -> None:
        self.id: int | None = None
        self.pair = pair
        self.side = side
        self.reason = reason
        self.lock_time = lock_time
        self.lock_end_time = lock_end_time
        self.active = True

    @property
    def lock_end_time_utc(self) -> datetime:
        """When it ends."""
        return self.lock_end_time.replace(tzinfo=UTC)

    def holds(self, now: datetime, side: str | None) -> bool:
        """Return whether it is in force at `now` for `side`; None asks for any side."""
        return (
            self.lock_end_time > now
            and self.active is True
            and (side is None or self.side in (BOTH_SIDES, side))
        )

    def __repr__(self) -> str:
        return (
            f"PairLock(id={self.id}, pair={self.pair}, side={self.side}, "
            f"lock_time={self.lock_time:{DATE_FORMAT}}, lock_end_time={self.lock_end_time:{DATE_FORMAT}}, "
            f"reason={self.reason}, active={self.active})"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the export's fields."""
        return {
            "id": self.id,
            "pair": self.pair,
            "lock_time": self.lock_time.strftime(DATE_FORMAT),
            "lock_timestamp": milliseconds(self.lock_time.replace(tzinfo=UTC)),
            "lock_end_time": self.lock_end_time.strftime(DATE_FORMAT),
            "lock_end_timestamp": milliseconds(self.lock_end_time_utc),
            "reason": self.reason,
            "side": self.side,
            "active": self.active,
        }


class Locks:
    """The locks of one run, in the order they were made.

    Each pair's latest end is kept, so that asking for a pair that isn't locked costs one comparison.
    Where no time is given, `now` is the clock's: as in freqtrade, that is the wall clock even in a backtest.
    """

    def __init__(self, timeframe: str, now: Callable[[], datetime]) -> None:
        self._candle_s = timeframe_to_seconds(timeframe)
        self._now = now
        self._all: list[PairLock] = []
        self._of_pair: dict[str, list[PairLock]] = {}
        self._latest_end: dict[str, datetime] = {}

    def __iter__(self) -> Iterator[PairLock]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def lock(
        self, pair: str, until: datetime, reason: str | None, *, now: datetime | None, side: str
    ) -> PairLock:
        """Lock `pair` until the end of the candle that holds `until`; an equal lock is returned instead."""
        seconds = int(until.timestamp() * 1000) // 1000
        end = datetime.fromtimestamp(seconds - seconds % self._candle_s + self._candle_s, tz=UTC)
        moment = now or self._now()
        for lock in self.held(pair, moment, side):
            if lock.reason == reason and lock.lock_end_time_utc == end and lock.side == side:
                return lock
        lock = PairLock(pair, moment, end, reason, side)
        self._all.append(lock)
        self._of_pair.setdefault(pair, []).append(lock)
        self._latest_end[pair] = max(end, self._latest_end.get(pair, end))
        return lock

    def held(self, pair: str | None, now: datetime | None, side: str | None) -> list[PairLock]:
        """Return the locks in force, of one pair or of all."""
        moment = now or self._now()
        if pair is None:
            return [lock for lock in self._all if lock.holds(moment, side)]
        if self._latest_end.get(pair, _LONG_AGO) <= moment:
            return []
        return [lock for lock in self._of_pair[pair] if lock.holds(moment, side)]

    def are_held(self, pair: str, now: datetime | None, side: str | None) -> bool:
        """Return whether a lock on the pair, or on every pair, is in force."""
        if not self._all:
            return False
        moment = now or self._now()
        return bool(self.held(pair, moment, side) or self.held(EVERY_PAIR, moment, side))


class PairLocks:
    """freqtrade's class interface to the active run's locks."""

    @staticmethod
    def lock_pair(
        pair: str,
        until: datetime,
        reason: str | None = None,
        *,
        now: datetime | None = None,
        side: str = BOTH_SIDES,
    ) -> PairLock:
        """Lock `pair` (`*`: all pairs) until the candle border after `until`."""
        return book.current().locks.lock(pair, until, reason, now=now, side=side)

    @staticmethod
    def get_pair_locks(
        pair: str | None, now: datetime | None = None, side: str | None = None
    ) -> list[PairLock]:
        """Return the locks in force for `pair`, or all for None."""
        return book.current().locks.held(pair, now, side)

    @staticmethod
    def get_pair_longest_lock(
        pair: str, now: datetime | None = None, side: str = BOTH_SIDES
    ) -> PairLock | None:
        """Return the pair's lock that ends last."""
        held = book.current().locks.held(pair, now, side)
        return max(held, key=lambda lock: lock.lock_end_time, default=None)

    @staticmethod
    def unlock_pair(pair: str, now: datetime | None = None, side: str = BOTH_SIDES) -> None:
        """End the pair's locks."""
        for lock in book.current().locks.held(pair, now, side):
            lock.active = False

    @staticmethod
    def unlock_reason(reason: str, now: datetime | None = None) -> None:  # noqa: ARG004 (freqtrade ignores it)
        """End all locks with this reason that outlast the present."""
        for lock in book.current().locks.held(None, None, None):
            if lock.reason == reason:
                lock.active = False

    @staticmethod
    def is_global_lock(now: datetime | None = None, side: str = BOTH_SIDES) -> bool:
        """Return whether all pairs are locked."""
        return bool(book.current().locks.held(EVERY_PAIR, now, side))

    @staticmethod
    def is_pair_locked(pair: str, now: datetime | None = None, side: str = BOTH_SIDES) -> bool:
        """Return whether the pair, or every pair, is locked."""
        return book.current().locks.are_held(pair, now, side)

    @staticmethod
    def get_all_locks() -> list[PairLock]:
        """Return all locks, ended ones too."""
        return list(book.current().locks)
