"""Runs the strategies on live bars and prices: each with its own book, none at another's mercy.

One thread does the computing, so that neither the event loop nor the market feed waits for pandas.
What a strategy decides goes through the same trade manager as in a backtest; see `account`. A strategy
that can't be started, or that fails, is reported by the engine's strategy state, and the others go on.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from threading import Event, Thread

import structlog

from market.clock import NS_PER_S, Clock
from market.events import Bar, LiveFrame
from trading.api.host.account import HostTerms, StrategyAccount
from trading.api.host.candles import LiveCandles, minutes_wanted
from trading.api.host.prices import Prices
from trading.api.host.shelf import Books, Shelf, code_hash
from trading.api.host.worker import Situation, StrategyWorker
from trading.api.services import StrategySheet
from trading.core.decision import NO_POSITION
from trading.core.engine import Engine
from trading.core.views import OrderView, TradingState
from trading.errors import TradingError
from trading.strategy_framework.candles.forecasts import KnownForecast
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.requirements import requirements
from trading.strategy_framework.trades.errors import BadTerms

CANDLES_MIN = 300
"""Averages need candles from before their own length to settle."""
MINUTES_MAX = 20_000
STEP_S = 0.5
SLOW_S = 30
NOT_RUNNING = (
    "it does not run any more, and nobody watches the stops of what it holds: name it in "
    "TIDEGATE_TRADING_STRATEGIES again, or sell with POST /api/v1/signals"
)

log = structlog.get_logger()


class StrategyHost:
    """All strategies on all symbols. Their books are read and kept in `books`."""

    def __init__(
        self,
        strategies: Mapping[str, type[IStrategy]],
        terms: HostTerms,
        *,
        books: Books,
        clock: Clock,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._strategies = dict(strategies)
        self._terms = terms
        self._books = books
        self._clock = clock
        self._on_failure = on_failure
        self._candles = LiveCandles(terms.venues, self.minutes_wanted)
        self._prices = Prices(terms.venues)
        self._workers: dict[str, StrategyWorker] | None = None
        self._busy: tuple[str, int] | None = None
        self._wake, self._stopped = Event(), Event()
        self._thread: Thread | None = None

    @property
    def minutes_wanted(self) -> int:
        """How many one-minute bars of the past the strategies need."""
        wanted = [
            minutes_wanted(
                dict.fromkeys(
                    requirements(strategy).timeframes, max(strategy.startup_candle_count, CANDLES_MIN)
                )
            )
            for strategy in self._strategies.values()
        ]
        return min(max(wanted, default=CANDLES_MIN), MINUTES_MAX)

    def sheets(self) -> list[StrategySheet]:
        """Return name, timeframe, capital and documentation of each strategy."""
        return [
            StrategySheet(
                name=name,
                timeframe=strategy.timeframe,
                capital=Decimal(repr(self._terms.accounts[name].capital)),
                docs=_docs(strategy),
            )
            for name, strategy in self._strategies.items()
        ]

    def problem(self) -> str | None:
        """Say which strategy keeps all others waiting, if one does; from any thread."""
        if self._busy is None:
            return None
        name, since = self._busy
        busy_s = (self._clock.now_ns() - since) // NS_PER_S
        if busy_s < SLOW_S:
            return None
        return f"strategy {name} has been at work for {busy_s} s, and the others wait for it"

    def take_bars(self, bars: Sequence[Bar]) -> None:
        """Take closed bars of any venue and timeframe; from any thread."""
        if self._candles.add(bars):
            self._wake.set()

    def take_frame(self, frame: LiveFrame) -> None:
        """Take the present of an instrument; from any thread."""
        self._prices.take(frame)

    def take_forecast(self, symbol: str, forecast: KnownForecast) -> None:
        """Take a forecast; from any thread."""
        self._candles.add_forecast(symbol, forecast)
        self._wake.set()

    def newest_close(self, symbol: str) -> int | None:
        """Return the close time of the newest one-minute bar."""
        return self._candles.newest_close(symbol, "1m")

    def start(self, engine: Engine) -> None:
        """Begin to judge candles."""
        self._thread = Thread(target=self._run, args=(engine,), name="strategy-host", daemon=True)
        self._thread.start()

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Stop, and wait for the strategy that is under way."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def step(self, engine: Engine) -> list[OrderView]:
        """Watch prices and judge every candle that is due; return the orders that were sent."""
        if self._workers is None:
            self._workers = self._open(engine)
        sound = engine.sound_feeds()
        looks = self._prices.looks(sound)
        orders: list[OrderView] = []
        if engine.state().trading_state is not TradingState.HALTED:
            for worker in self._workers.values():
                self._begin(worker.account.name)
                watched = worker.watch(looks)
                if any(order.code == NO_POSITION for order in watched):
                    worker.reconcile(
                        _situation(engine)
                    )  # else its stop would be sent, and denied, at each look
                orders += watched
        due = [
            (worker, pair, close)
            for worker in self._workers.values()
            for pair in worker.pairs()
            if (close := worker.due(pair)) is not None
        ]
        if due:
            situation = _situation(engine)
            for worker in {worker.account.name: worker for worker, _, _ in due}.values():
                worker.reconcile(situation)
            for worker, pair, close in due:
                self._begin(worker.account.name)
                orders += worker.judge(pair, close, self._prices.middle(pair, sound), situation)
        self._busy = None
        return orders

    def _begin(self, name: str) -> None:
        """Note that a strategy has its turn now."""
        self._busy = (name, self._clock.now_ns())

    def _run(self, engine: Engine) -> None:
        try:
            while not self._stopped.is_set():
                self.step(engine)
                self._wake.wait(STEP_S)
                self._wake.clear()
        except Exception as error:  # the thread's outermost loop: say it, and let the process end
            log.exception("strategy_host_failed")
            self._on_failure(error)

    def _open(self, engine: Engine) -> dict[str, StrategyWorker]:
        """Read the books and start the strategies; one that can't be started is reported and left out."""
        workers = {}
        self._report_orphans(engine)
        for name, strategy_class in self._strategies.items():
            self._begin(name)
            shelf = Shelf(self._books, name, code_hash(strategy_class))
            try:
                record = shelf.read()
                account = StrategyAccount(
                    name,
                    strategy_class,
                    self._terms.accounts[name],
                    source=self._candles,
                    clock=self._clock,
                    record=record,
                )
            except TradingError:
                raise
            except (Exception, SystemExit) as error:  # a user's code, or a book of another version
                is_told = isinstance(error, (StrategyError, BadTerms))
                text = str(error) if is_told else f"not started: {type(error).__name__}: {error}"
                log.warning("strategy_not_started", strategy=name, error=text, exc_info=not is_told)
                engine.set_strategy(name, is_on=False, error=text)
                continue
            engine.set_strategy(name, is_on=True, error=_never_warm(account.strategy))
            workers[name] = StrategyWorker(
                account,
                shelf,
                engine=engine,
                clock=self._clock,
                candles=self._candles,
                judged={} if record is None else record.rest["judged"],
            )
        return workers

    def _report_orphans(self, engine: Engine) -> None:
        """Tell of strategies that ran once, run no more, and still hold something."""
        holders = {position.strategy for position in engine.positions()} - self._strategies.keys()
        for name in sorted(holders):
            if self._books.read(name) is not None:
                log.warning("strategy_holds_but_does_not_run", strategy=name)
                engine.set_strategy(name, is_on=False, error=NOT_RUNNING)


def _situation(engine: Engine) -> Situation:
    return Situation(
        state=engine.state(),
        positions={(view.strategy, view.symbol): view for view in engine.positions()},
    )


def _never_warm(strategy: IStrategy) -> str | None:
    """Say why a strategy would wait for its first candles for ever; nothing when it would not."""
    minutes = minutes_wanted({strategy.timeframe: strategy.startup_candle_count})
    if minutes <= MINUTES_MAX:
        return None
    return (
        f"it never enters: it wants {strategy.startup_candle_count} candles of {strategy.timeframe} first "
        f"({minutes} minutes), and {MINUTES_MAX} minutes are kept here; lower startup_candle_count"
    )


def _docs(strategy: type[IStrategy]) -> str:
    """Return the docstring, a line for each of its paragraphs."""
    paragraphs = inspect.cleandoc(strategy.__doc__ or "").split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
