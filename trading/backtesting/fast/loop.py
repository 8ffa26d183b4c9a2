"""The fast loop: the general loop's steps, but only those at which something can happen.

Per pair the next such step is known: with no trade, the next entry signal; with one, what the compiled
scan finds. A queue holds them all. Plain trades are booked at once; for anything else the trade manager
takes the general loop's own step, with its order of the pairs, after the trade was brought up to date.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from market.clock import NS_PER_S
from trading.backtesting.candles.pair import PairCandles
from trading.backtesting.candles.rows import moment
from trading.backtesting.fast.eligibility import shows_trades_to_strategy
from trading.backtesting.fast.kernels import RETURN, SIGNAL, STOP
from trading.backtesting.fast.round_trips import RoundTrips
from trading.backtesting.fast.scanning import PairScan, ReturnTable, exit_rules
from trading.backtesting.general_loop import GeneralLoop, Span
from trading.backtesting.ports import Progress
from trading.strategy_framework.trade_manager.candle import Exit, ExitKind, exit_for
from trading.strategy_framework.trade_manager.desk import FUNDING_INTERVAL_S
from trading.strategy_framework.trade_manager.exit_orders import exit_rate
from trading.strategy_framework.trade_manager.manager import TradeManager
from trading.strategy_framework.trades.trade import Trade

_NEVER = 2**62
_STOPPED, _TRAILED = exit_for(ExitKind.STOP_LOSS), exit_for(ExitKind.TRAILING_STOP_LOSS)
_REACHED = exit_for(ExitKind.ROI)


class FastLoop(GeneralLoop):
    """One run that skips candles; only for what `eligibility.needs_general_loop` has no reason against."""

    name = "fast"

    def __init__(
        self,
        manager: TradeManager,
        pairs: Sequence[PairCandles],
        span: Span,
        *,
        progress: Progress | None = None,
    ) -> None:
        super().__init__(manager, pairs, span, progress=progress)
        strategy = self._desk.strategy
        settings = exit_rules(strategy)
        returns = ReturnTable(strategy, self._desk.timeframe_minutes)
        funding_ns = FUNDING_INTERVAL_S * NS_PER_S if self._desk.is_futures else 0
        self._scans = {
            each.pair: PairScan(each, span.timeframe_ns, settings, returns, funding_ns=funding_ns)
            for each in pairs
        }
        self._last_step = (span.end_ns - span.start_ns) // span.timeframe_ns - 1
        self._signals = {pair: self._entry_steps(pair) for pair in self._rows}
        self._queue: list[tuple[int, str]] = []
        self._next_steps: dict[str, int] = {}
        self._entered: dict[str, tuple[int, int]] = {}
        self._is_watched = shows_trades_to_strategy(self._desk)
        self._trips = RoundTrips(self._desk)
        self._slots = strategy.max_open_trades if strategy.max_open_trades > 0 else float("inf")

    def _steps_of_interest(self, *, every_candle: bool) -> Iterator[int]:  # noqa: ARG002 (the general loop's)
        """Yield the queued steps in order; carry what is open at last to the end."""
        for pair in self._rows:
            self._await_signal(pair, 0)
        while self._queue and self._queue[0][0] < self._span.steps:
            step = self._queue[0][0]
            if self._progress is not None:
                self._report(step)
            yield step
        for trade in self._desk.book.open_trades:
            self._scans[trade.pair].carry_to(self._rows[trade.pair].count, trade)

    def _begin(self, step: int) -> None:
        if self._is_watched:
            super()._begin(step)
        else:
            self._step, self._now = step, moment(self._span.open_ns(step))

    def _run_candle(self) -> None:
        """Give the pairs that are due their turn; bring the others up to date if they are watched."""
        step = self._step
        due = [heappop(self._queue)[1]]
        while self._queue and self._queue[0][0] == step:
            due.append(heappop(self._queue)[1])
        if len(due) > 1:
            self._first_in_turn = self._pairs_with_trades()
            due.sort(key=self._rank)
        if self._is_watched:
            due = self._carry_all(step, due)
        for pair in due:
            self._take_turn(pair, step)

    def _carry_all(self, step: int, due: list[str]) -> list[str]:
        """Carry the open trades over this candle in turn: the strategy may look. Return who is left."""
        for pair in self._first_in_turn:
            self._catch_up(pair, step)
        for pair in self._first_in_turn:
            if pair in due:
                self._take_turn(pair, step)
            else:
                self._catch_up(pair, step + 1)
        return [pair for pair in due if pair not in self._first_in_turn]

    def _catch_up(self, pair: str, step: int) -> None:
        """Give a trade the stop and rates that it has before a step."""
        rows, trades = self._rows[pair], self._desk.book.open_trades_of(pair)
        if trades:
            self._scans[pair].carry_to(min(step - rows.first_step, rows.count), trades[0])

    def _take_turn(self, pair: str, step: int) -> None:
        row, trades = self._rows[pair].row_of(step), self._desk.book.open_trades_of(pair)
        if row is None:
            self._push(pair, step + 1)
        elif trades:
            self._carry(pair, trades[0], step, row)
        elif not self._rejects_all(pair, step) and not self._enters_plainly(pair, step, row):
            self._ask_manager(pair, step)
            self._await(pair, step, row)

    def _carry(self, pair: str, trade: Trade, step: int, row: int) -> None:
        """Carry a trade over a row that the scan pointed at."""
        self._scans[pair].carry_over(row, trade)
        if not self._leaves_plainly(pair, trade, row):
            self._ask_manager(pair, step)
        self._await(pair, step, row)

    def _ask_manager(self, pair: str, step: int) -> None:
        if self._trips.is_possible:
            self._desk.wallet.update()  # Plain trades leave it as it was.
        self._step_pair(self._rows[pair], step, self._now, may_enter=step != self._last_step)

    def _enters_plainly(self, pair: str, step: int, row: int) -> bool:
        """Enter a free pair without the manager if its trade would be plain; tell whether that is done."""
        scan, desk, now = self._scans[pair], self._desk, self._now
        if not self._trips.takes(scan.open[row], scan.low[row], scan.high[row]):
            return False
        trade = None
        if not (desk.book.locks and desk.is_locked(pair, now, "long")) and desk.has_free_slot():
            trade = self._trips.open(pair, now, scan.open[row], scan.candles.enter_tag_at(row))
        if trade is None:
            self._await_signal(pair, step + 1)
            return True
        self._entered[pair] = (trade.id, row)
        following = scan.begin(trade, row, row)
        if following == row:
            self._carry(pair, trade, step, row)
        else:
            self._await_row(pair, following, step, row)
        return True

    def _leaves_plainly(self, pair: str, trade: Trade, row: int) -> bool:
        """Close a plain trade for the first reason that fills; tell whether that is done."""
        scan, now = self._scans[pair], self._now
        found = scan.found_at(row)
        if not found:
            return False
        low, high = scan.low[row], scan.high[row]
        if found & SIGNAL:
            tag = scan.candles.exit_tag_at(row)
            reason = tag if isinstance(tag, str) and tag else ExitKind.EXIT_SIGNAL.value
            return self._trips.close(trade, now, scan.open[row], low, high, reason)
        candle = self._rows[pair].candle(row, now)
        for exit_ in _range_exits(found, trailed=trade.is_stop_loss_trailing):
            rate = exit_rate(self._desk, trade, exit_, now, candle)
            if not math.isnan(rate):
                return self._trips.close(trade, now, rate, low, high, exit_.reason)
        return False

    def _await(self, pair: str, step: int, row: int) -> None:
        """Queue the pair's next step after one that is done."""
        trades = self._desk.book.open_trades_of(pair)
        if not trades:
            self._await_signal(pair, step + 1)
            return
        known, entered = self._entered.get(pair, (0, 0))
        if known != trades[0].id:
            entered = row
            self._entered[pair] = (trades[0].id, row)
        self._await_row(pair, self._scans[pair].begin(trades[0], entered, row + 1), step, row)

    def _await_row(self, pair: str, following: int | None, step: int, row: int) -> None:
        if following is None:
            self._next_steps[pair] = _NEVER
        else:
            self._push(pair, step + following - row)

    def _await_signal(self, pair: str, step: int) -> None:
        signals = self._signals[pair]
        place = bisect_left(signals, step)
        if place < len(signals):
            self._push(pair, signals[place])

    def _push(self, pair: str, step: int) -> None:
        self._next_steps[pair] = step
        heappush(self._queue, (step, pair))

    def _rejects_all(self, pair: str, step: int) -> bool:
        """Reject the pair's signals up to the next possible exit at once, where every slot is taken.

        With locks, or a strategy that may lock, each signal is looked at: a locked one is not rejected.
        """
        book = self._desk.book
        if len(book.open_trades) < self._slots or book.locks or self._is_watched:
            return False
        exit_step = min([self._next_steps[trade.pair] for trade in book.open_trades])
        signals = self._signals[pair]
        self._desk.counts.rejected_signals += bisect_left(signals, exit_step) - bisect_left(signals, step)
        self._await_signal(pair, exit_step)
        return True

    def _entry_steps(self, pair: str) -> "array[int]":
        """Return the steps at which the pair may be entered; a signal of the run's last candle is none."""
        steps = self._rows[pair].signal_steps()
        return array("q", steps[: bisect_left(steps, self._last_step)].tobytes())


def _range_exits(found: int, *, trailed: bool) -> Sequence[Exit]:
    """Return what the scan found besides a signal, in the manager's order: a trailed stop comes last."""
    stop = (_TRAILED if trailed else _STOPPED,) if found & STOP else ()
    reached = (_REACHED,) if found & RETURN else ()
    return (*reached, *stop) if trailed else (*stop, *reached)
