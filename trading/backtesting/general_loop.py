"""The general loop: every candle in time order, every pair in its turn, any strategy.

A candle is looked at only where something can happen: a pair has a trade or a signal, or the strategy
wants to be called at every candle. Of the others nothing is read, so that quiet stretches cost nothing.

Order within a candle: `bot_loop_start`, then the pairs with open trades in the order in which these
were opened, then the others in the order of the whitelist.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from market.clock import NS_PER_S
from trading.backtesting.candles.pair import PairCandles
from trading.backtesting.candles.rows import DetailRows, PairRows, moment
from trading.backtesting.ports import Progress
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.trade_manager.candle import Candle, Direction
from trading.strategy_framework.trade_manager.manager import TradeManager

_PROGRESS_STEPS = 2_000


class Span(msgspec.Struct, frozen=True):
    """From the first candle's open to the last one's, in ns UTC.

    The first candle only gives signals: step 0 trades the second.
    """

    start_ns: int
    end_ns: int
    timeframe_ns: int

    @property
    def steps(self) -> int:
        """How many candles are traded."""
        return max((self.end_ns - self.start_ns) // self.timeframe_ns, 0)

    def open_ns(self, step: int) -> int:
        """Return the open of the candle that a step trades."""
        return self.start_ns + (step + 1) * self.timeframe_ns


class GeneralLoop:
    """One run over a set of pairs, given in the order of the whitelist."""

    name = "general"

    def __init__(
        self,
        manager: TradeManager,
        pairs: Sequence[PairCandles],
        span: Span,
        *,
        details: Mapping[str, DetailRows] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._manager = manager
        self._desk = manager.desk
        self._span = span
        self._details = details or {}
        self._detail_ns = _timeframe_ns(self._desk.terms.timeframe_detail)
        self._progress, self._reported = progress, 0
        self._rows = {
            candles.pair: PairRows(candles, span.start_ns, span.timeframe_ns, can_short=self._desk.can_short)
            for candles in pairs
        }
        self._ranks = {pair: rank for rank, pair in enumerate(self._rows)}
        self._first_in_turn: tuple[str, ...] = ()
        self._step = -1
        self._turn: str | None = None
        self._all_had_turn = False
        self._now = moment(span.start_ns)
        self._known_until: datetime | None = None

    def run(self) -> None:
        """Trade over all candles, then end what is still open."""
        callbacks = self._desk.callbacks
        every_candle = callbacks.handles("bot_loop_start")
        for step in self._steps_of_interest(every_candle=every_candle):
            self._begin(step)
            if every_candle:
                callbacks.ask("bot_loop_start", default=None, current_time=self._now)
            if self._detail_ns:
                self._run_details()
            else:
                self._run_candle()
        self._report(self._span.steps, is_last=True)
        for pair in sorted(self._rows, key=lambda pair: (self._rows[pair].first_step, self._ranks[pair])):
            rows = self._rows[pair]
            if self._desk.book.open_trades_of(pair):
                self._manager.force_exit(
                    pair, rows.candle(rows.count - 1, moment(rows.date_ns(rows.count - 1)))
                )
        self._desk.wallet.update()

    def known_until(self) -> datetime | None:
        """Return the open of the candle that is traded; None before the first."""
        return self._known_until

    def rows_seen(self, pair: str) -> int | None:
        """Return how many rows of the pair's analysed frame are known; None before its first candle.

        A pair whose turn is still to come in this candle is one candle behind.
        """
        rows = self._rows.get(pair)
        if rows is None:
            return None
        had_turn = self._all_had_turn or (
            self._turn is not None and self._rank(pair) <= self._rank(self._turn)
        )
        return rows.analyzed_rows(self._step if had_turn else self._step - 1)

    def _steps_of_interest(self, *, every_candle: bool) -> Iterator[int]:
        """Yield the steps with a signal, and all steps while a trade is open."""
        signals = self._signal_steps()
        place, step = 0, 0
        while step < self._span.steps:
            if not (every_candle or self._desk.book.open_trades):
                place = int(np.searchsorted(signals, step))
                if place == len(signals):
                    break
                step = int(signals[place])
            yield step
            step += 1
            self._report(step)

    def _report(self, step: int, *, is_last: bool = False) -> None:
        """Tell the progress once in many steps, and at the last one."""
        if self._progress is not None and (is_last or step - self._reported >= _PROGRESS_STEPS):
            self._reported = step
            self._progress("trade", step, self._span.steps)

    def _signal_steps(self) -> NDArray[np.int64]:
        steps = [rows.signal_steps() for rows in self._rows.values()]
        return np.unique(np.concatenate(steps)) if steps else np.empty(0, dtype=np.int64)

    def _begin(self, step: int) -> None:
        self._step = step
        self._turn, self._all_had_turn = None, False
        self._first_in_turn = self._pairs_with_trades()
        self._now = moment(self._span.open_ns(step))
        if step:
            self._known_until = moment(self._span.open_ns(step - 1))

    def _pairs_with_trades(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(trade.pair for trade in self._desk.book.open_trades))

    def _rank(self, pair: str) -> int:
        if pair in self._first_in_turn:
            return self._first_in_turn.index(pair) - len(self._first_in_turn)
        return self._ranks[pair]

    def _run_candle(self) -> None:
        step, now = self._step, self._now
        may_enter = self._span.open_ns(step) != self._span.end_ns
        for pair in self._first_in_turn:
            self._step_pair(self._rows[pair], step, now, may_enter=may_enter)
        for pair, rows in self._rows.items():
            if pair not in self._first_in_turn and rows.has_signal(step):
                self._step_pair(rows, step, now, may_enter=may_enter)

    def _step_pair(self, rows: PairRows, step: int, now: datetime, *, may_enter: bool) -> None:
        row = rows.row_of(step)
        if row is None:
            return
        self._turn, self._known_until = rows.pair, now
        self._manager.step(rows.pair, rows.candle(row, now), now, rows.direction(row), may_enter=may_enter)

    def _run_details(self) -> None:
        """Step the small candles of one candle, interleaved over the pairs; signals are the candle's.

        A pair whose trade ended in one of them rests until the next candle.
        """
        book, base_ns = self._desk.book, self._span.open_ns(self._step)
        busy = {trade.pair for trade in book.open_trades}
        spread: dict[str, list[Candle]] = {}
        directions: dict[str, Direction | None] = {}
        for index in range(self._span.timeframe_ns // self._detail_ns + 1):
            now_ns = base_ns + index * self._detail_ns
            self._now = moment(now_ns)
            self._first_in_turn = self._pairs_with_trades()
            self._all_had_turn = index > 0
            for pair in dict.fromkeys((*self._first_in_turn, *self._rows)):
                if index == 0:
                    self._turn = pair
                    candle = self._first_detail(pair, spread, directions, busy)
                else:
                    candles = spread.get(pair, ())
                    candle = candles[index] if index < len(candles) else None
                if candle is None:
                    continue
                self._known_until = self._now
                if not self._is_due(pair, busy):
                    continue
                direction = directions[pair] if self._is_fresh(index) else None
                self._manager.step(pair, candle, self._now, direction, may_enter=now_ns != self._span.end_ns)

    def _first_detail(
        self,
        pair: str,
        spread: dict[str, list[Candle]],
        directions: dict[str, Direction | None],
        busy: set[str],
    ) -> Candle | None:
        """Return the pair's first small candle, or the whole one where it has none or needs none."""
        rows = self._rows[pair]
        row = rows.row_of(self._step)
        if row is None:
            return None
        directions[pair] = direction = rows.direction(row)
        candle = rows.candle(row, moment(rows.date_ns(row)))
        has_trade = bool(self._desk.book.open_trades_of(pair))
        rests = pair in busy and not has_trade
        if (direction is not None or has_trade) and not rests and pair in self._details:
            small = self._details[pair].candles(candle, rows.date_ns(row), self._span.timeframe_ns)
            if small:
                spread[pair] = small
                return small[0]
        return candle

    def _is_due(self, pair: str, busy: set[str]) -> bool:
        has_trade = bool(self._desk.book.open_trades_of(pair))
        if has_trade:
            busy.add(pair)
        return has_trade or pair not in busy

    def _is_fresh(self, detail_index: int) -> bool:
        """Tell whether the candle's signal may still be acted on, so long after it."""
        seconds_max = self._desk.strategy.ignore_buying_expired_candle_after
        return not seconds_max or detail_index * self._detail_ns <= seconds_max * NS_PER_S


def _timeframe_ns(timeframe: str | None) -> int:
    return timeframe_to_seconds(timeframe) * NS_PER_S if timeframe else 0
