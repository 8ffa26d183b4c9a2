"""One strategy in the host: when a candle is due, what it makes of it, and what a failure costs it.

A candle is judged as soon as an order could follow from it: the symbol's data must be good (unless
the strategy holds a position there), its warm-up candles must be there, and a forecast or another
venue's candle that the strategy uses must have arrived or be late. When the candle is older than two
of its kind, it is passed over: its news is stale. Stops and returns are watched between candles, also
while the strategy itself fails.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import structlog

from market.clock import NS_PER_S, Clock
from market.timeframes import timeframe_ns
from trading.api.host.account import EPOCH, StrategyAccount
from trading.api.host.candles import LiveCandles
from trading.api.host.engine_venue import EngineVenue
from trading.api.host.prices import Look
from trading.api.host.reconciliation import reconcile
from trading.api.host.shelf import Shelf
from trading.core.engine import Engine
from trading.core.views import OrderView, PositionView, StateView, TradingState
from trading.errors import TradingError
from trading.strategy_framework.errors import StrategyFailed
from trading.strategy_framework.trade_manager.candle import Candle

WAIT_S = 10
STALE_CANDLES = 2
REFUSAL_PAUSE_CANDLES = 5

log = structlog.get_logger()


class Situation(msgspec.Struct, frozen=True):
    """What the engine knows at one moment of what concerns decisions."""

    state: StateView
    positions: Mapping[tuple[str, str], PositionView]


class StrategyWorker:
    """Judges candles and watches prices for one account, and keeps its book."""

    def __init__(
        self,
        account: StrategyAccount,
        shelf: Shelf,
        *,
        engine: Engine,
        clock: Clock,
        candles: LiveCandles,
        judged: Mapping[str, int],
    ) -> None:
        self.account = account
        self._shelf = shelf
        self._engine = engine
        self._clock = clock
        self._candles = candles
        self._length_ns = timeframe_ns(account.strategy.timeframe)
        self._judged = dict(judged)
        self._failures: dict[str, str] = {}
        self._callback_failures = self._callbacks_told = 0
        self._venue = EngineVenue(account.name, account.book, engine=engine, clock=clock, keep=self.keep)
        account.use_venue(self._venue)

    def keep(self) -> None:
        """Store the book, if anything changed in it."""
        self._shelf.keep(self.account.book, self._judged)

    def reconcile(self, situation: Situation) -> None:
        """Agree with the ledger about what is held."""
        held = {pair: view for (name, pair), view in situation.positions.items() if name == self.account.name}
        if reconcile(self.account, held, moment(self._opened(self._clock.now_ns()))):
            self.keep()

    def pairs(self) -> list[str]:
        """Return the pairs in the order of a backtest: those with trades first, oldest first."""
        held = [trade.pair for trade in self.account.book.open_trades]
        return list(dict.fromkeys((*held, *self.account.pairs)))

    def due(self, pair: str) -> int | None:
        """Return the close time of a candle that waits to be judged, if its news is fresh."""
        strategy = self.account.strategy
        close = self._candles.newest_close(pair, strategy.timeframe)
        if close is None or close <= self._judged.get(pair, 0):
            return None
        age_ns = self._clock.now_ns() - close
        if age_ns > STALE_CANDLES * self._length_ns:
            return None
        if age_ns >= WAIT_S * NS_PER_S:
            return close
        if strategy.uses_forecasts and not self._candles.has_forecast(pair, close):
            return None
        if strategy.uses_venues and not self._candles.has_all_venues(pair, strategy.timeframe, close):
            return None
        return close

    def judge(self, pair: str, close: int, price: float | None, situation: Situation) -> list[OrderView]:
        """Judge a candle; return the orders that were sent."""
        state = situation.state
        can_enter = pair not in state.reducing_symbols
        is_held = bool(self.account.book.open_trades_of(pair))
        if state.trading_state is TradingState.HALTED or not (is_held or can_enter):
            return []
        frame = self._candles.frame(self.account.strategy, pair, close)
        is_warm = len(frame) >= self.account.strategy.startup_candle_count
        if not (is_held or is_warm):
            return []  # the history is still arriving
        self._judged[pair] = close
        is_active = state.trading_state is TradingState.ACTIVE
        may_enter = can_enter and is_warm and is_active and not self._failures
        opened = moment(close)
        try:
            last = float(frame["close"].iloc[-1])
            self.account.judge(pair, frame, opened, last if price is None else price, may_enter=may_enter)
        except TradingError:
            raise
        except (Exception, SystemExit) as error:  # a user's code may raise anything, here too
            self._failed(pair, error)
        else:
            self._worked(pair)
        return self._finish(opened)

    def watch(self, looks: Mapping[str, Look]) -> list[OrderView]:
        """Judge stops, returns and waiting orders on what prices did since the look before."""
        opened = moment(self._opened(self._clock.now_ns()))
        watched = [pair for pair in self.pairs() if pair in looks and self.account.book.open_trades_of(pair)]
        for pair in watched:
            look = looks[pair]
            candle = Candle(opened, look.last, look.high, look.low, look.last)
            try:
                self.account.watch(pair, candle)
            except TradingError:
                raise
            except (Exception, SystemExit) as error:  # a user's code may raise anything, here too
                self._failed(pair, error)
        return self._finish(opened) if watched else []

    def _finish(self, opened: datetime) -> list[OrderView]:
        """Carry out what follows: cancels, pauses, and the book on its shelf."""
        self._venue.sweep(opened)
        sent = self._venue.take_sent()
        for view in sent:
            if view.state == "DENIED":
                pause = timedelta(microseconds=REFUSAL_PAUSE_CANDLES * self._length_ns // 1000)
                self._venue.pause(view.symbol, opened + pause)
        if problem := self._venue.take_problem():
            log.warning("order_not_sent", strategy=self.account.name, error=problem)
            self._engine.set_strategy(self.account.name, is_on=True, error=problem)
        self.keep()
        return sent

    def _failed(self, pair: str, error: BaseException) -> None:
        text = str(error) if isinstance(error, StrategyFailed) else f"{type(error).__name__}: {error}"
        log.warning("strategy_failed", strategy=self.account.name, symbol=pair, error=text)
        self._failures[pair] = text
        self._engine.set_strategy(self.account.name, is_on=False, error=text)

    def _worked(self, pair: str) -> None:
        """Take a failure back once the pair is judged without one; a callback's is told, not punished."""
        self._failures.pop(pair, None)
        if self._failures:
            return
        failed = self.account.desk.callbacks.failures
        is_new, self._callback_failures = failed.total() > self._callback_failures, failed.total()
        told = [f"{name} raised {error}" for name, error in self.account.desk.callbacks.errors.items()]
        for problem in told[self._callbacks_told :]:
            log.warning("callback_failed", strategy=self.account.name, error=problem)
        self._callbacks_told = len(told)
        text = f"the default was used: {'; '.join(told)}"
        self._engine.set_strategy(self.account.name, is_on=True, error=text if is_new else None)

    def _opened(self, now_ns: int) -> int:
        return now_ns - now_ns % self._length_ns


def moment(ns: int) -> datetime:
    """Return a time in ns UTC as an aware datetime (whole µs)."""
    return EPOCH + timedelta(microseconds=ns // 1000)
