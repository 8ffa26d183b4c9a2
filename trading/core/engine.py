"""The trading engine: market data and signals in, journaled orders and fills out.

One object serves paper trading and backtests. It does no I/O but through the journal that it is
given, and reads the time only from its clock. All methods may be called from any thread: a lock
makes them one after the other. The order of every act is: decide, journal, apply, tell.

After a `JournalFailure` the memory may be behind the journal: the process must exit and start anew.
"""

from collections.abc import Sequence

from market.clock import NS_PER_S, Clock
from market.events import Bar, LiveFrame, Quality
from trading.core.config import EngineConfig
from trading.core.decision import Decider
from trading.core.engine_window import EngineWindow
from trading.core.instruments import InstrumentTable
from trading.core.ledger import (
    EquityMarked,
    LedgerOpened,
    StrategyStateChanged,
    TradingStateChanged,
    decode_record,
)
from trading.core.orders import OrderEvent, OrderState, client_order_id
from trading.core.portfolio import DAY_NS
from trading.core.reading import order_view
from trading.core.risk import RiskRule, load_rules
from trading.core.signals import Signal
from trading.core.texts import REASON_LENGTH_MAX, storable
from trading.core.views import HaltReport, OrderView, StateView, TradingState
from trading.errors import BadConfig, BadOrderState, JournalCorrupt, ResumeRefused
from trading.ports import Journal, SilentTelemetry, Telemetry

__all__ = ["Engine", "EngineConfig"]


class Engine(EngineWindow):
    """Orders, positions and money of one account.

    Usage: `engine = Engine(config, clock=…, journal=…)`, then `engine.recover()` once before
    anything else, then the `on_…` inputs. In a backtest use a `ManualClock`, a `MemoryJournal`, and
    call `on_quality` with OK once for each instrument: frames keep it fresh after that.
    """

    def __init__(
        self,
        config: EngineConfig,
        *,
        clock: Clock,
        journal: Journal,
        instruments: InstrumentTable | None = None,
        telemetry: Telemetry | None = None,
        rules: Sequence[RiskRule] | None = None,
    ) -> None:
        super().__init__(
            config,
            clock=clock,
            journal=journal,
            instruments=instruments or InstrumentTable(),
            telemetry=telemetry or SilentTelemetry(),
        )
        self._decider = Decider(
            config,
            state=self._state,
            markets=self._markets,
            instruments=self._instruments,
            rules=load_rules() if rules is None else rules,
        )

    def recover(self) -> int:
        """Replay the journal; return the number of entries read.

        Then finish what was under way: cancels that were asked for are confirmed, orders whose time
        is over expire, and orders that were sent but not answered are sent again.

        Raises:
            JournalCorrupt: the journal has a hole, or an entry of another version.
            BadConfig: the journal's account is kept in another currency.
        """
        with self._lock:
            for entry in self._journal.replay():
                if entry.seq != self._state.seq + 1:
                    raise JournalCorrupt(f"the journal has entry {entry.seq} after {self._state.seq}")
                self._state.apply(decode_record(entry))
            replayed = self._state.seq
            self._open_account()
            self._finish_orders()
            return replayed

    def on_live(self, frame: LiveFrame) -> None:
        """Take the present of one instrument; fill open orders that it reaches."""
        with self._lock:
            self._markets.take_frame(frame)
            if self._state.open_orders:
                self._executor.reach(frame)

    def forget_frames(self) -> None:
        """Know no prices until new ones come: some were missed, and a calm market sends none for long."""
        with self._lock:
            self._markets.forget_frames()

    def on_quality(self, quality: Quality) -> None:
        """Take the health of one instrument's feed."""
        with self._lock:
            self._markets.take_quality(quality)
            if self._state.open_orders:
                self._executor.reach_known()

    def on_bar(self, bar: Bar) -> None:
        """Take a closed bar; only the day's change in `markets()` comes from it."""
        with self._lock:
            self._markets.take_bar(bar)

    def on_clock(self, now_ns: int) -> None:
        """Let time pass: expire orders, sample the equity. Call it about once a second."""
        with self._lock:
            if self._state.open_orders:
                self._executor.expire(now_ns)
                self._executor.reach_known()
            self._sample_equity(now_ns)

    def on_signal(self, signal: Signal) -> OrderView:
        """Follow a signal: size, check, route, journal, execute.

        The same signal id again returns the order that it gave the first time. A refused order is
        returned in state DENIED with its `code` and `reason`.

        Raises:
            UnknownOrder: the signal was followed so long ago that only the journal has its order.
        """
        with self._lock:
            order_id = client_order_id(signal.id)
            if not self._state.knows(order_id):
                self._follow(signal)
            return order_view(self._state.order(order_id))

    def cancel(self, client_order_id: str, *, by: str) -> OrderView:
        """Cancel an open order.

        Raises:
            UnknownOrder: there is none with this id.
            BadOrderState: it is finished.
        """
        with self._lock:
            order = self._state.order(client_order_id)
            if not order.is_open:
                raise BadOrderState(f"order {client_order_id} is {order.state} and can't be cancelled")
            self._executor.cancel([order], f"cancelled by {by}")
            return order_view(self._state.order(client_order_id))

    def halt(self, reason: str, *, by: str) -> HaltReport:
        """Stop trading: cancel all open orders, keep positions. Halting twice is harmless."""
        reason = storable(reason, REASON_LENGTH_MAX)
        with self._lock:
            cancelled = 0
            halted = self._state.trading
            if halted is None or halted.state is not TradingState.HALTED:
                halted = TradingStateChanged(
                    state=TradingState.HALTED, reason=reason, by=by, ts=self._clock.now_ns()
                )
                orders = tuple(self._state.open_orders.values())
                cancelled = self._executor.cancel(orders, f"trading halted by {by}", first=[halted])
            return HaltReport(
                trading_state=TradingState.HALTED,
                orders_cancelled=cancelled,
                positions_kept=len(self._state.account.open_positions()),
                halted_at=halted.ts,
                halted_by=halted.by,
            )

    def resume(self, *, by: str) -> StateView:
        """Trade again after a halt.

        Raises:
            ResumeRefused: trading is not halted.
        """
        with self._lock:
            if not self._state.is_halted:
                raise ResumeRefused("trading is not halted, so there is nothing to resume")
            self._executor.commit(
                TradingStateChanged(state=TradingState.ACTIVE, reason="", by=by, ts=self._clock.now_ns())
            )
            return self.state()

    def set_strategy(self, name: str, *, is_on: bool, error: str | None = None) -> None:
        """Record that a strategy is on, off, or has failed; journaled when it is a change.

        Signals of a strategy that is off are denied unless they reduce.
        """
        error = None if error is None else storable(error, REASON_LENGTH_MAX)
        with self._lock:
            known = self._state.strategies.get(name)
            if known is None or (known.is_on, known.error) != (is_on, error):
                self._executor.commit(
                    StrategyStateChanged(strategy=name, is_on=is_on, error=error, ts=self._clock.now_ns())
                )

    def _open_account(self) -> None:
        config = self._config
        if not self._state.is_opened:
            self._executor.commit(
                LedgerOpened(
                    capital=config.capital,
                    currency=config.currency,
                    mode=config.mode,
                    ts=self._clock.now_ns(),
                )
            )
        currency = self._state.account.currency
        if currency != config.currency:
            raise BadConfig(
                f"the journal's account is kept in {currency}, the settings say {config.currency}: "
                "choose another TIDEGATE_DATA_DIR, or trade symbols quoted in its currency"
            )

    def _finish_orders(self) -> None:
        self._executor.confirm_cancels()
        self._executor.expire(self._clock.now_ns())
        for order in tuple(self._state.open_orders.values()):
            if order.state is OrderState.SUBMITTED:
                self._executor.accept(order.client_order_id)

    def _follow(self, signal: Signal) -> None:
        received_ns = self._clock.now_ns()
        intent, refusal = self._decider.decide(signal, received_ns)
        event = OrderEvent(
            client_order_id=intent.client_order_id,
            state=OrderState.SUBMITTED if refusal is None else OrderState.DENIED,
            ts=received_ns,
            code=refusal.code if refusal else None,
            reason=refusal.reason if refusal else None,
            limit=refusal.limit if refusal else None,
            value=refusal.value if refusal else None,
        )
        self._executor.commit(intent, event)
        if refusal is None:
            self._telemetry.decision_to_venue((self._clock.now_ns() - received_ns) / NS_PER_S)
            self._executor.accept(intent.client_order_id)

    def _sample_equity(self, now_ns: int) -> None:
        account = self._state.account
        is_new_day = now_ns // DAY_NS > account.day
        if not is_new_day and now_ns - account.marked_at < self._config.equity_mark_interval_s * NS_PER_S:
            return
        mark_of = self._decider.sound_mark_of(now_ns)  # a peak and a day's start outlive a bad price
        equity = account.equity(mark_of)
        if is_new_day or equity != account.marked_equity:
            marks = {position.symbol: mark_of(position.symbol) for position in account.open_positions()}
            self._executor.commit(EquityMarked(equity=equity, marks=marks, ts=now_ns))
