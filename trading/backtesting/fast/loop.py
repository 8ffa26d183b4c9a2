"""The fast loop: the general loop's steps, but only those at which something can happen.

Per pair the next such step is known: with no trade, the next entry signal; with one, what the compiled
scan finds. A queue holds them all. Every step that is taken is the general loop's own, with its order
of the pairs and its trade manager; a trade is brought up to date before the manager sees it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from trading.backtesting.fast.eligibility import shows_trades_to_strategy
from trading.backtesting.fast.scanning import PairScan, ReturnTable, exit_rules
from trading.backtesting.general_loop import GeneralLoop, Span
from trading.backtesting.pair_candles import PairCandles
from trading.backtesting.ports import Progress
from trading.strategy_framework.trade_manager.manager import TradeManager
from trading.strategy_framework.trades.trade import Trade

_NEVER = 2**62
_PROGRESS_STEPS = 2_000


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
        settings = exit_rules(self._desk.strategy)
        returns = ReturnTable(self._desk.strategy, self._desk.timeframe_minutes)
        self._scans = {
            candles.pair: PairScan(candles, span.timeframe_ns, settings, returns) for candles in pairs
        }
        self._last_step = (span.end_ns - span.start_ns) // span.timeframe_ns - 1
        self._signals = {pair: self._entry_steps(pair) for pair in self._rows}
        self._queue: list[tuple[int, str]] = []
        self._next_steps: dict[str, int] = {}
        self._entered: dict[str, tuple[int, int]] = {}
        self._is_watched = shows_trades_to_strategy(self._desk)
        trades_max = self._desk.strategy.max_open_trades
        self._trades_max = trades_max if trades_max > 0 else float("inf")

    def _steps_of_interest(self, *, every_candle: bool) -> Iterator[int]:  # noqa: ARG002 (the general loop's)
        """Yield the queued steps in order; carry what is open at last to the end."""
        for pair in self._rows:
            self._await_signal(pair, 0)
        reported = 0
        while self._queue and self._queue[0][0] < self._span.steps:
            step = self._queue[0][0]
            if self._progress is not None and step - reported >= _PROGRESS_STEPS:
                reported = step
                self._progress("trade", step, self._span.steps)
            yield step
        for trade in self._desk.book.open_trades:
            self._scans[trade.pair].carry_to(self._rows[trade.pair].count, trade)
        if self._progress is not None:
            self._progress("trade", self._span.steps, self._span.steps)

    def _run_candle(self) -> None:
        """Step the pairs that are due, each in its turn; bring the others up to date if they are seen."""
        step = self._step
        due = [heappop(self._queue)[1]]
        while self._queue and self._queue[0][0] == step:
            due.append(heappop(self._queue)[1])
        if len(due) > 1:
            due.sort(key=self._rank)
        if self._is_watched:
            for pair in self._first_in_turn:
                if pair in due:
                    self._take_turn(pair, step)
                else:
                    self._catch_up(pair, step)
            due = [pair for pair in due if pair not in self._first_in_turn]
        for pair in due:
            self._take_turn(pair, step)

    def _take_turn(self, pair: str, step: int) -> None:
        rows, book = self._rows[pair], self._desk.book
        row = rows.row_of(step)
        trades = book.open_trades_of(pair)
        if trades and row is not None:
            self._scans[pair].carry_to(row, trades[0])
        elif not trades and self._rejects_all(pair, step):
            return
        self._step_pair(rows, step, self._now, may_enter=step != self._last_step)
        trades = book.open_trades_of(pair)
        if trades and row is not None:
            self._await_exit(pair, trades[0], row)
        elif trades:
            self._push(pair, step + 1)
        else:
            self._await_signal(pair, step + 1)

    def _catch_up(self, pair: str, step: int) -> None:
        """Give a trade that this candle leaves alone what the candle did to its stop and rates."""
        row = self._rows[pair].row_of(step)
        if row is not None:
            self._scans[pair].carry_to(row + 1, self._desk.book.open_trades_of(pair)[0])

    def _await_signal(self, pair: str, step: int) -> None:
        signals = self._signals[pair]
        place = bisect_left(signals, step)
        if place < len(signals):
            self._push(pair, signals[place])
        else:
            self._next_steps.pop(pair, None)

    def _await_exit(self, pair: str, trade: Trade, row: int) -> None:
        known, entered = self._entered.get(pair, (0, 0))
        if known != trade.id:
            entered = row
            self._entered[pair] = (trade.id, row)
        following = self._scans[pair].begin(trade, entered, row)
        if following is None:
            self._next_steps[pair] = _NEVER
        else:
            self._push(pair, following - row + self._step)

    def _push(self, pair: str, step: int) -> None:
        self._next_steps[pair] = step
        heappush(self._queue, (step, pair))

    def _rejects_all(self, pair: str, step: int) -> bool:
        """Reject the pair's signals up to the next possible exit at once, where every slot is taken.

        With locks each signal is looked at, since a locked one does not count as rejected.
        """
        book = self._desk.book
        if len(book.open_trades) < self._trades_max or book.locks:
            return False
        exit_step = min(self._next_steps[trade.pair] for trade in book.open_trades)
        signals = self._signals[pair]
        self._desk.counts.rejected_signals += bisect_left(signals, exit_step) - bisect_left(signals, step)
        self._await_signal(pair, exit_step)
        return True

    def _entry_steps(self, pair: str) -> "memoryview[int]":
        """Return the steps at which the pair may be entered; a signal of the run's last candle is none."""
        steps = self._rows[pair].signal_steps()
        return memoryview(steps[: bisect_left(steps, self._last_step)])
