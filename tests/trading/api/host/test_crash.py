"""A crash at any write, of the journal or of a book, leaves books that agree with the ledger.

Both stores share one fate: the process dies before or after their n-th write, a new one starts on what
they hold, and the day goes on. Nothing may be bought or sold twice, and nothing that was bought may be
forgotten: no trade has to be adopted from the ledger, and none is found to be gone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from market.clock import NS_PER_S
from tests.trading.api.host.memory_books import MemoryBooks
from tests.trading.api.host.stage import NOW_NS, Stage
from tests.trading.api.host.test_host import BTC, Averaging, Waiting
from tests.trading.api.service import MINUTE_NS, PRICES
from trading.adapters.strategy_books import KeptTrade
from trading.api.host.reconciliation import ADOPTED, CLOSED_ELSEWHERE
from trading.core.ledger import MemoryJournal
from trading.ports import JournalEntry

DAY = ("1", "0.985", "1.02", "0.93")
"""The price of each minute, as a ratio of the first."""


class Crash(BaseException):
    """The process dies."""


class Fate:
    """Ends the process around one write."""

    def __init__(self, dies_at: int, *, is_stored: bool) -> None:
        self.writes = 0
        self._dies_at, self._is_stored = dies_at, is_stored

    def meet(self, write: Any) -> None:
        self.writes += 1
        if self.writes != self._dies_at or self._is_stored:
            write()
        if self.writes == self._dies_at:
            raise Crash


class MortalJournal(MemoryJournal):
    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def append(self, entries: Sequence[JournalEntry]) -> None:
        self._fate.meet(lambda: super(MortalJournal, self).append(entries))


class MortalBooks(MemoryBooks):
    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def keep(
        self,
        strategy: str,
        *,
        trades: Sequence[KeptTrade],
        dropped: Sequence[int],
        rest: Mapping[str, Any],
        now: datetime,
    ) -> None:
        def write() -> None:
            super(MortalBooks, self).keep(strategy, trades=trades, dropped=dropped, rest=rest, now=now)

        self._fate.meet(write)


def lived(fate: Fate) -> Stage:
    """Return the stage after the day; a new one takes over where the first one died."""
    journal, books = MortalJournal(fate), MortalBooks(fate)

    def begin(now_ns: int) -> Stage:
        while True:
            try:
                return Stage(
                    journal=journal, books=books, now_ns=now_ns, averaging=Averaging, waiting=Waiting
                )
            except Crash:
                continue

    stage, now = begin(NOW_NS), NOW_NS
    for ratio in DAY:
        for after_s in (0, 20):
            while True:
                stage.clock.set(now + after_s * NS_PER_S)
                try:
                    stage.refresh(prices={**PRICES, "BTC/USDT": BTC * Decimal(ratio)})
                    stage.close_bar()
                    stage.step()
                    stage.step()
                    break
                except Crash:
                    stage = begin(now + after_s * NS_PER_S)
        now += MINUTE_NS
    return stage


def booked(stage: Stage, name: str) -> tuple[Decimal, Counter[str]]:
    """Return what the open trades hold, and what all trades bought and sold."""
    book = stage.account(name).book
    trades = [*book.open_trades, *book.closed_trades]
    moved: Counter[str] = Counter()
    for trade in trades:
        assert trade.enter_tag != ADOPTED
        assert trade.exit_reason != CLOSED_ELSEWHERE
        for order in trade.orders:
            moved[order.ft_order_side] += round(order.safe_filled * 1e5)
    return sum((Decimal(repr(trade.amount)) for trade in book.open_trades), Decimal(0)), moved


def check(stage: Stage) -> None:
    held = {view.strategy: view.size for view in stage.engine.positions()}
    for name in ("averaging", "waiting"):
        amount, moved = booked(stage, name)
        assert amount == held.get(name, 0), name
        filled: Counter[str] = Counter()
        for fill in stage.engine.fills(10_000):
            if fill.strategy == name:
                filled[fill.side.value] += round(fill.size * 100_000)
        assert moved == filled, name


def writes_of_a_day() -> int:
    fate = Fate(0, is_stored=True)
    stage = lived(fate)
    check(stage)
    assert len(stage.engine.fills(10_000)) >= 5, "the day has something to lose"
    return fate.writes


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_crash_at_any_write_loses_and_doubles_nothing(*, is_stored: bool) -> None:
    for dies_at in range(1, writes_of_a_day() + 1):
        try:
            check(lived(Fate(dies_at, is_stored=is_stored)))
        except AssertionError as error:
            raise AssertionError(f"write {dies_at}, stored: {is_stored}") from error
