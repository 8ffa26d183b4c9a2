"""The trading engine: market data and signals in, journaled orders and fills out.

One object serves paper trading and backtests. It does no I/O but through the journal that it is
given, and reads the time only from its clock. All methods may be called from any thread: a lock
makes them one after the other. The order of every act is: decide, journal, apply, tell.

After a `JournalFailure` the memory may be behind the journal: the process must exit and start anew.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from market.clock import Clock
from market.events import Bar, LiveFrame, Quality
from trading.core.audit import AuditSubscription
from trading.core.instruments import InstrumentTable
from trading.core.signals import Signal
from trading.core.views import (
    FeedView,
    FillView,
    HaltReport,
    MarketView,
    OrderView,
    PortfolioView,
    PositionView,
    StateView,
    StrategyView,
)
from trading.ports import Journal, SilentTelemetry, Telemetry


class EngineConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine is allowed and how it behaves; ratios are fractions of equity."""

    symbols: tuple[str, ...]
    venues: tuple[str, ...]
    capital: Decimal = Decimal(100_000)
    currency: str = "USDT"
    stake_ratio: Decimal = Decimal("0.10")
    exposure_limit: Decimal = Decimal("0.80")
    drawdown_limit: Decimal = Decimal("0.10")
    market_order_ttl_s: int = 60
    limit_order_ttl_s: int = 600
    data_age_max_s: int = 5
    gate_clean_s: int = 10
    equity_mark_interval_s: int = 60


class Engine:
    """Orders, positions and money of one account.

    Usage: `engine = Engine(config, clock=…, journal=…)`, then `engine.recover()` once before
    anything else, then the `on_…` inputs. In a backtest use a `ManualClock`, a `MemoryJournal`, and
    call `on_quality` with OK for each instrument together with its frames.
    """

    def __init__(
        self,
        config: EngineConfig,
        *,
        clock: Clock,
        journal: Journal,
        instruments: InstrumentTable | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        raise NotImplementedError((clock, journal, instruments, telemetry or SilentTelemetry(), config))

    def recover(self) -> int:
        """Replay the journal; return the number of entries read.

        Open limit orders, and market orders that are younger than their time to live, go on with
        the next frame; older ones expire. Both are journaled.
        """
        raise NotImplementedError

    def on_live(self, frame: LiveFrame) -> None:
        """Take the present of one instrument; fill open orders that it reaches."""
        raise NotImplementedError

    def on_quality(self, quality: Quality) -> None:
        """Take the health of one instrument's feed."""
        raise NotImplementedError

    def on_bar(self, bar: Bar) -> None:
        """Take a closed bar; only the day's change in `markets()` comes from it."""
        raise NotImplementedError

    def on_clock(self, now_ns: int) -> None:
        """Let time pass: expire orders, sample the equity. Call it about once a second."""
        raise NotImplementedError

    def on_signal(self, signal: Signal) -> OrderView:
        """Follow a signal: size, check, route, journal, execute.

        The same signal id again returns the order that it gave the first time. A refused order is
        returned in state DENIED with its `code` and `reason`.
        """
        raise NotImplementedError

    def cancel(self, client_order_id: str, *, by: str) -> OrderView:
        """Cancel an open order.

        Raises:
            UnknownOrder: there is none with this id.
            BadOrderState: it is finished.
        """
        raise NotImplementedError

    def halt(self, reason: str, *, by: str) -> HaltReport:
        """Stop trading: cancel all open orders, keep positions. Halting twice is harmless."""
        raise NotImplementedError

    def resume(self, *, by: str) -> StateView:
        """Trade again after a halt.

        Raises:
            ResumeRefused: trading is not halted.
        """
        raise NotImplementedError

    def set_strategy(self, name: str, *, is_on: bool, error: str | None = None) -> None:
        """Record that a strategy is on, off, or has failed; journaled when it is a change.

        Signals of a strategy that is off are denied unless they reduce.
        """
        raise NotImplementedError

    def subscribe(self, capacity: int = 10_000, wake: Callable[[], None] | None = None) -> AuditSubscription:
        """Open an audit subscription; see `trading.core.audit`."""
        raise NotImplementedError

    def unsubscribe(self, subscription: AuditSubscription) -> None:
        """Close an audit subscription."""
        raise NotImplementedError

    def state(self) -> StateView:
        """Return the trading state and its reason."""
        raise NotImplementedError

    def portfolio(self) -> PortfolioView:
        """Return the account at present marks."""
        raise NotImplementedError

    def positions(self) -> list[PositionView]:
        """Return the open positions, by symbol and strategy."""
        raise NotImplementedError

    def orders(self, limit: int = 100, *, open_only: bool = False) -> list[OrderView]:
        """Return the newest orders first."""
        raise NotImplementedError

    def order(self, client_order_id: str) -> OrderView | None:
        """Return one order."""
        raise NotImplementedError

    def fills(self, limit: int = 100) -> list[FillView]:
        """Return the newest fills first."""
        raise NotImplementedError

    def markets(self) -> list[MarketView]:
        """Return the present of every configured symbol on every venue."""
        raise NotImplementedError

    def feeds(self) -> list[FeedView]:
        """Return the health of every instrument's feed that was ever heard of."""
        raise NotImplementedError

    def strategies(self) -> list[StrategyView]:
        """Return what the ledger knows of each strategy that was ever set or traded."""
        raise NotImplementedError
