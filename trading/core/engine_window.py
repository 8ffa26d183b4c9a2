"""What can be seen of the engine: the audit stream and the read views.

The half of `trading.core.engine` that changes nothing. Every answer is an immutable copy.
"""

from collections.abc import Callable
from itertools import islice
from threading import RLock

from market.clock import Clock
from market.instruments import InstrumentId
from trading.core.audit import AuditSubscription
from trading.core.config import EngineConfig
from trading.core.execution import Executor
from trading.core.instruments import InstrumentTable
from trading.core.markets import Markets
from trading.core.reading import Reader, fill_view, order_view
from trading.core.state import LedgerState
from trading.core.views import (
    FeedView,
    FillView,
    MarketView,
    OrderView,
    PortfolioView,
    PositionView,
    StateView,
    StrategyView,
)
from trading.errors import UnknownOrder
from trading.ports import Journal, Telemetry


class EngineWindow:
    """The engine's parts, their lock, and the questions that one may ask from any thread."""

    def __init__(
        self,
        config: EngineConfig,
        *,
        clock: Clock,
        journal: Journal,
        instruments: InstrumentTable,
        telemetry: Telemetry,
    ) -> None:
        self._config = config
        self._clock = clock
        self._journal = journal
        self._instruments = instruments
        self._telemetry = telemetry
        self._lock = RLock()
        self._state = LedgerState()
        self._markets = Markets(config, instruments)
        self._executor = Executor(
            clock=clock,
            journal=journal,
            state=self._state,
            markets=self._markets,
            instruments=instruments,
            telemetry=telemetry,
        )

    def subscribe(self, capacity: int = 10_000, wake: Callable[[], None] | None = None) -> AuditSubscription:
        """Open an audit subscription; see `trading.core.audit`."""
        with self._lock:
            return self._executor.audit.subscribe(capacity, wake)

    def unsubscribe(self, subscription: AuditSubscription) -> None:
        """Close an audit subscription."""
        with self._lock:
            self._executor.audit.unsubscribe(subscription)

    def state(self) -> StateView:
        """Return the trading state and its reason."""
        with self._lock:
            return self._reader().state_view()

    def portfolio(self) -> PortfolioView:
        """Return the account at present marks."""
        with self._lock:
            return self._reader().portfolio_view()

    def positions(self) -> list[PositionView]:
        """Return the open positions, by symbol and strategy."""
        with self._lock:
            return self._reader().position_views()

    def orders(self, limit: int = 100, *, open_only: bool = False) -> list[OrderView]:
        """Return the newest orders first."""
        with self._lock:
            orders = self._state.open_orders if open_only else self._state.orders
            return [order_view(order) for order in islice(reversed(orders.values()), limit)]

    def order(self, client_order_id: str) -> OrderView | None:
        """Return one order."""
        with self._lock:
            try:
                return order_view(self._state.order(client_order_id))
            except UnknownOrder:
                return None

    def fills(self, limit: int = 100) -> list[FillView]:
        """Return the newest fills first."""
        with self._lock:
            return [fill_view(fill) for fill in islice(reversed(self._state.fills), limit)]

    def markets(self) -> list[MarketView]:
        """Return the present of every configured symbol on every venue."""
        with self._lock:
            return self._markets.market_views(self._clock.now_ns())

    def feeds(self) -> list[FeedView]:
        """Return the health of every instrument's feed that was ever heard of."""
        with self._lock:
            return self._markets.feed_views(self._clock.now_ns())

    def sound_feeds(self) -> frozenset[InstrumentId]:
        """Return the instruments whose data may be traded on now."""
        with self._lock:
            return self._markets.sound_feeds(self._clock.now_ns())

    def strategies(self) -> list[StrategyView]:
        """Return what the ledger knows of each strategy that was ever set or traded."""
        with self._lock:
            return self._reader().strategy_views()

    def _reader(self) -> Reader:
        return Reader(self._config, self._state, self._markets, self._clock.now_ns())
