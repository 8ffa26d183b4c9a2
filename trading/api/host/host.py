"""Runs the strategies on closed candles and hands their decisions to the engine as signals.

One thread does the computing, so that neither the event loop nor the market feed waits for pandas.
A decision belongs to one (strategy, symbol, candle) and its signal's id says so: after a restart the
same candle gives the same order, not a second one.

A candle is judged as soon as an order could follow from it: the symbol's data must be good (unless
the strategy holds a position there) and a forecast that the strategy uses must have arrived or be
late. When the candle is older than two of its kind, it is passed over: its news is stale.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from threading import Event, Lock, Thread

import msgspec
import structlog

from market.clock import NS_PER_S, Clock
from market.events import Bar
from market.timeframes import timeframe_ns
from trading.api.host.history import BarHistory
from trading.api.services import StrategySheet
from trading.core.engine import Engine
from trading.core.signals import Direction, Signal
from trading.core.views import OrderView, PositionView, StateView, TradingState
from trading.strategy_framework import IStrategy
from trading.strategy_framework.candles import candle_frame
from trading.strategy_framework.errors import StrategyFailed
from trading.strategy_framework.forecasts import KnownForecast, join_forecasts
from trading.strategy_framework.signals import (
    Action,
    Decision,
    OpenPosition,
    analyze,
    decide,
    signal_row,
)

CANDLES_MIN = 300
"""Averages need candles from before their own length to settle."""
MINUTES_MAX = 20_000
STEP_S = 0.5
FORECAST_WAIT_S = 10
STALE_CANDLES = 2
REFUSAL_PAUSE_CANDLES = 5
FORECASTS_KEPT = 200
NS_PER_MINUTE = 60 * NS_PER_S

log = structlog.get_logger()


class Situation(msgspec.Struct, frozen=True):
    """What the engine knows at one moment of what concerns decisions."""

    state: StateView
    positions: Mapping[tuple[str, str], PositionView]
    pending: frozenset[tuple[str, str]]


class StrategyHost:
    """All strategies on all symbols. `fee` is the taker's fraction that their exits reckon with."""

    def __init__(
        self,
        strategies: Mapping[str, IStrategy],
        *,
        symbols: Sequence[str],
        venue: str,
        clock: Clock,
        fee: Decimal,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._strategies = dict(strategies)
        self._symbols = tuple(symbols)
        self._venue = venue
        self._clock = clock
        self._fee = float(fee)
        self._on_failure = on_failure
        self._lock = Lock()
        self._history = BarHistory(self.minutes_wanted)
        self._forecasts: dict[str, list[KnownForecast]] = {}
        self._judged: dict[tuple[str, str], int] = {}
        self._paused_until: dict[tuple[str, str], int] = {}
        self._failures: dict[str, dict[str, str]] = {name: {} for name in strategies}
        self._wake, self._stopped = Event(), Event()
        self._thread: Thread | None = None

    @property
    def minutes_wanted(self) -> int:
        """How many one-minute bars of the past the strategies need."""
        wanted = [
            max(strategy.startup_candle_count, CANDLES_MIN)
            * (timeframe_ns(strategy.timeframe) // NS_PER_MINUTE or 1)
            for strategy in self._strategies.values()
        ]
        return min(max(wanted, default=CANDLES_MIN), MINUTES_MAX)

    def sheets(self) -> list[StrategySheet]:
        """Return name, timeframe and documentation of each strategy."""
        return [
            StrategySheet(name=name, timeframe=strategy.timeframe, docs=_docs(strategy))
            for name, strategy in self._strategies.items()
        ]

    def take_bars(self, bars: Sequence[Bar]) -> None:
        """Take closed bars of any venue and timeframe; from any thread."""
        ours = [bar for bar in bars if bar.venue == self._venue and bar.timeframe == "1m"]
        if ours:
            with self._lock:
                self._history.add(ours)
            self._wake.set()

    def take_forecast(self, symbol: str, forecast: KnownForecast) -> None:
        """Take a forecast; from any thread."""
        with self._lock:
            known = self._forecasts.setdefault(symbol, [])
            known.append(forecast)
            del known[:-FORECASTS_KEPT]
        self._wake.set()

    def newest_close(self, symbol: str) -> int | None:
        """Return the close time of the newest one-minute bar."""
        with self._lock:
            return self._history.newest_close(symbol, "1m")

    def start(self, engine: Engine) -> None:
        """Begin to judge candles."""
        for name in self._strategies:
            engine.set_strategy(name, is_on=True)
        self._thread = Thread(target=self._run, args=(engine,), name="strategy-host", daemon=True)
        self._thread.start()

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Stop, and wait for the strategy that is under way."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def step(self, engine: Engine) -> list[OrderView]:
        """Judge every candle that is due; return the orders that follow."""
        due = [
            (name, symbol, close)
            for name, strategy in self._strategies.items()
            for symbol in self._symbols
            if (close := self._due(name, strategy, symbol)) is not None
        ]
        if not due:
            return []
        situation = _situation(engine)
        orders = (self._judge(engine, situation, name, symbol, close) for name, symbol, close in due)
        return [order for order in orders if order is not None]

    def _run(self, engine: Engine) -> None:
        try:
            while not self._stopped.is_set():
                self.step(engine)
                self._wake.wait(STEP_S)
                self._wake.clear()
        except Exception as error:  # the thread's outermost loop: say it, and let the process end
            log.exception("strategy_host_failed")
            self._on_failure(error)

    def _due(self, name: str, strategy: IStrategy, symbol: str) -> int | None:
        """Return the close time of a candle that waits to be judged, if its news is fresh."""
        close = self._newest(symbol, strategy.timeframe)
        if close is None or close <= self._judged.get((name, symbol), 0):
            return None
        age_ns = self._clock.now_ns() - close
        if age_ns > STALE_CANDLES * timeframe_ns(strategy.timeframe):
            return None
        if strategy.uses_forecasts and age_ns < FORECAST_WAIT_S * NS_PER_S:
            with self._lock:
                known = self._forecasts.get(symbol)
                return close if known and known[-1].bar_close_ns >= close else None
        return close

    def _newest(self, symbol: str, timeframe: str) -> int | None:
        with self._lock:
            return self._history.newest_close(symbol, timeframe)

    def _judge(
        self, engine: Engine, situation: Situation, name: str, symbol: str, close: int
    ) -> OrderView | None:
        key = (name, symbol)
        position = situation.positions.get(key)
        can_enter = symbol not in situation.state.reducing_symbols
        if situation.state.trading_state is TradingState.HALTED or not (position or can_enter):
            return None
        self._judged[key] = close
        if key in situation.pending:
            return None
        decision = self._decide(engine, name, symbol, close, position)
        if decision.action is Action.HOLD or self._is_refused_again(key, decision, situation, close):
            return None
        order = engine.on_signal(_signal(name, symbol, close, decision, self._clock.now_ns()))
        if order.state == "DENIED":
            length_ns = timeframe_ns(self._strategies[name].timeframe)
            self._paused_until[key] = close + REFUSAL_PAUSE_CANDLES * length_ns
        log.info("signal_followed", strategy=name, symbol=symbol, reason=decision.reason, order=order.state)
        return order

    def _is_refused_again(
        self, key: tuple[str, str], decision: Decision, situation: Situation, close: int
    ) -> bool:
        """Whether an entry would only be denied: reducing, a failing strategy, or refused lately."""
        if decision.action is not Action.ENTER:
            return False
        if self._failures[key[0]]:
            return True
        is_reducing = situation.state.trading_state is not TradingState.ACTIVE
        return is_reducing or close < self._paused_until.get(key, 0)

    def _decide(
        self, engine: Engine, name: str, symbol: str, close: int, position: PositionView | None
    ) -> Decision:
        strategy = self._strategies[name]
        with self._lock:
            bars = [
                bar for bar in self._history.candles(symbol, strategy.timeframe) if bar.close_time <= close
            ]
            forecasts = tuple(self._forecasts.get(symbol, ()))
        candles = candle_frame(bars)
        if strategy.uses_forecasts:
            candles = join_forecasts(candles, strategy.timeframe, forecasts)
        try:
            row = signal_row(analyze(strategy, candles, symbol).iloc[-1].to_dict())
            decision = decide(strategy, row, _held(position, close), fee=self._fee)
        except Exception as error:  # a user's code may raise anything, here too
            self._failed(engine, name, symbol, error)
            return Decision(Action.HOLD)
        self._worked(engine, name, symbol)
        return decision

    def _failed(self, engine: Engine, name: str, symbol: str, error: Exception) -> None:
        text = str(error) if isinstance(error, StrategyFailed) else f"{type(error).__name__}: {error}"
        log.warning("strategy_failed", strategy=name, symbol=symbol, error=text)
        self._failures[name][symbol] = text
        engine.set_strategy(name, is_on=False, error=text[:500])

    def _worked(self, engine: Engine, name: str, symbol: str) -> None:
        if self._failures[name].pop(symbol, None) and not self._failures[name]:
            engine.set_strategy(name, is_on=True)


def _situation(engine: Engine) -> Situation:
    return Situation(
        state=engine.state(),
        positions={(view.strategy, view.symbol): view for view in engine.positions()},
        pending=frozenset((view.strategy, view.symbol) for view in engine.orders(1000, open_only=True)),
    )


def _held(position: PositionView | None, close: int) -> OpenPosition | None:
    if position is None:
        return None
    return OpenPosition(
        entry_price=float(position.entry_price),
        # Rounded, because a fill comes a moment after the close that a backtest fills at.
        held_minutes=round((close - position.opened_at) / NS_PER_MINUTE),
    )


def _signal(name: str, symbol: str, close: int, decision: Decision, now_ns: int) -> Signal:
    is_entry = decision.action is Action.ENTER
    return Signal(
        id=f"{name}:{symbol}:{close}",
        strategy=name,
        symbol=symbol,
        direction=Direction.ENTER_LONG if is_entry else Direction.EXIT_LONG,
        ts=now_ns,
        tag=decision.reason,
    )


def _docs(strategy: IStrategy) -> str:
    return " ".join((type(strategy).__doc__ or "").split())
