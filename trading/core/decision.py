"""From a signal to a decided order: size it, route it, ask the risk rules.

Pure: the same signal on the same state gives the same decision, live and in a backtest.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from market.clock import NS_PER_S
from market.events import Side
from trading.core.config import EngineConfig
from trading.core.decimals import floored, from_ratio
from trading.core.instruments import InstrumentTable
from trading.core.markets import Markets
from trading.core.orders import OrderIntent, OrderType, client_order_id
from trading.core.risk import ProposedOrder, Refusal, RiskContext, RiskRule, check_order
from trading.core.router import Offer, RoutingDecision, route
from trading.core.signals import Signal
from trading.core.state import LedgerState

SIZE_STEP_FINEST = Decimal("1E-8")
NO_POSITION = "signal.no_position"


class Decision(NamedTuple):
    """The intent, and why it is refused if it is."""

    intent: OrderIntent
    refusal: Refusal | None


class Decider:
    """Turns signals into decisions; holds no state of its own."""

    def __init__(
        self,
        config: EngineConfig,
        *,
        state: LedgerState,
        markets: Markets,
        instruments: InstrumentTable,
        rules: Sequence[RiskRule],
    ) -> None:
        self._config = config
        self._state = state
        self._markets = markets
        self._instruments = instruments
        self._rules = rules

    def decide(self, signal: Signal, now_ns: int) -> Decision:
        """Return what becomes of the signal at `now_ns`."""
        offers, excluded = self._offers(signal, now_ns)
        context = self.context(signal, now_ns)
        wanted = self._wanted_size(signal, offers, context.equity)
        routing = route(signal.direction.side, wanted, offers, excluded=excluded)
        size, price = self._sized(signal, wanted, routing)
        proposed = ProposedOrder(
            strategy=signal.strategy,
            symbol=signal.symbol,
            side=signal.direction.side,
            is_reducing=signal.direction.is_reducing,
            size=size,
            notional_quote=size * price,
        )
        refusal = self._unknown_symbol(signal)
        if refusal is None:
            verdict = check_order(self._rules, proposed, context)
            refusal = verdict if isinstance(verdict, Refusal) else self._sendable(signal, proposed, routing)
        return Decision(self._intent(signal, size, routing, now_ns), refusal)

    def context(self, signal: Signal, now_ns: int) -> RiskContext:
        """Return what the risk rules may know."""
        account, mark_of = self._state.account, self.mark_of(now_ns)
        equity = account.equity(mark_of)
        strategy = self._state.strategies.get(signal.strategy)
        return RiskContext(
            config=self._config,
            now_ns=now_ns,
            is_halted=self._state.is_halted,
            is_strategy_on=strategy is None or strategy.is_on,
            equity=equity,
            exposure_quote=account.exposure_quote(mark_of),
            open_buys_quote=self._open_buys_quote(now_ns),
            drawdown=account.drawdown(equity),
            data_fault=self._markets.symbol_fault(signal.symbol, now_ns),
        )

    def mark_of(self, now_ns: int) -> "Marks":
        """Return the present prices: from the books, else the last that the ledger knows."""
        return Marks(self._markets, self._state, now_ns)

    def sound_mark_of(self, now_ns: int) -> "Marks":
        """Return prices fit to be kept: where no venue has good data, the last that the ledger knows."""
        return Marks(self._markets, self._state, now_ns, is_sound=True)

    def _offers(self, signal: Signal, now_ns: int) -> tuple[list[Offer], dict[str, str]]:
        if signal.symbol not in self._config.symbols:
            return [], {}
        return self._markets.offers(
            signal.symbol, signal.direction.side, now_ns, is_reducing=signal.direction.is_reducing
        )

    def _wanted_size(self, signal: Signal, offers: Sequence[Offer], equity: Decimal) -> Decimal:
        if signal.direction.is_reducing:
            held = self._state.account.position(signal.strategy, signal.symbol).size
            free = held - self._open_sells(signal)
            return min(signal.size or free, free)
        if signal.size is not None:
            return signal.size
        prices = [offer.levels[0][0] for offer in offers if offer.levels]
        if not prices:
            return Decimal(0)
        default_stake = max(Decimal(0), equity) * self._config.stake_ratio * from_ratio(signal.strength)
        size = (signal.stake or default_stake) / (signal.limit_price or min(prices))
        return floored(size, SIZE_STEP_FINEST)

    def _sized(self, signal: Signal, wanted: Decimal, routing: RoutingDecision) -> tuple[Decimal, Decimal]:
        if not routing.considered:
            return Decimal(0), Decimal(0)
        instrument = self._instruments.get(signal.symbol, routing.chosen)
        price = signal.limit_price or routing.considered[0].price
        return floored(wanted, instrument.size_increment), price

    def _unknown_symbol(self, signal: Signal) -> Refusal | None:
        if signal.symbol in self._config.symbols:
            return None
        return Refusal(
            code="signal.unknown_symbol",
            reason=f"{signal.symbol} is not traded here; add it to TIDEGATE_SYMBOLS",
            limit=",".join(self._config.symbols),
            value=signal.symbol,
        )

    def _sendable(self, signal: Signal, proposed: ProposedOrder, routing: RoutingDecision) -> Refusal | None:
        if signal.direction.is_reducing and not self._has_position(signal):
            return Refusal(
                code=NO_POSITION,
                reason=f"{signal.strategy} holds no {signal.symbol} that is free to sell",
                limit="above 0",
                value="0",
            )
        if not routing.considered:
            return Refusal(
                code="route.no_venue",
                reason=f"no venue has a usable book for {signal.symbol}",
                limit="1 venue",
                value="; ".join(f"{venue}: {why}" for venue, why in routing.excluded.items()),
            )
        return self._too_small(signal, proposed, routing)

    def _too_small(self, signal: Signal, proposed: ProposedOrder, routing: RoutingDecision) -> Refusal | None:
        # A position may always be closed, however small: otherwise its rest could never be sold.
        least = self._instruments.get(signal.symbol, routing.chosen).notional_min
        if proposed.size and (proposed.is_reducing or proposed.notional_quote >= least):
            return None
        return Refusal(
            code="order.too_small",
            reason=f"{routing.chosen} takes no order under {least} {self._config.currency}",
            limit=str(least),
            value=f"{proposed.notional_quote:.2f}",
        )

    def _intent(self, signal: Signal, size: Decimal, routing: RoutingDecision, now_ns: int) -> OrderIntent:
        is_limit = signal.limit_price is not None
        ttl_s = self._config.limit_order_ttl_s if is_limit else self._config.market_order_ttl_s
        return OrderIntent(
            client_order_id=client_order_id(signal.id),
            signal=signal,
            venue=routing.chosen,
            type=OrderType.LIMIT if is_limit else OrderType.MARKET,
            size=size,
            limit_price=signal.limit_price,
            routing=routing,
            ts=now_ns,
            expires_at=now_ns + ttl_s * NS_PER_S,
        )

    def _has_position(self, signal: Signal) -> bool:
        held = self._state.account.position(signal.strategy, signal.symbol).size
        return held > self._open_sells(signal)

    def _open_sells(self, signal: Signal) -> Decimal:
        return sum(
            (
                order.remaining_size
                for order in self._state.open_orders.values()
                if order.intent.side is Side.SELL
                and order.intent.symbol == signal.symbol
                and order.intent.signal.strategy == signal.strategy
            ),
            Decimal(0),
        )

    def _open_buys_quote(self, now_ns: int) -> Decimal:
        mark_of = self.mark_of(now_ns)
        return sum(
            (
                order.remaining_size * (order.intent.limit_price or mark_of(order.intent.symbol))
                for order in self._state.open_orders.values()
                if order.intent.side is Side.BUY
            ),
            Decimal(0),
        )


class Marks:
    """Prices of symbols at one moment, each looked up once; `is_sound` takes none from bad data."""

    def __init__(self, markets: Markets, state: LedgerState, now_ns: int, *, is_sound: bool = False) -> None:
        self._markets = markets
        self._state = state
        self._now_ns = now_ns
        self._is_sound = is_sound
        self._found: dict[str, Decimal] = {}

    def __call__(self, symbol: str) -> Decimal:
        """Return the symbol's price in quote currency; 0 for one that never had any."""
        price = self._found.get(symbol)
        if price is None:
            known = self._state.account.last_marks.get(symbol, Decimal(0))
            price = self._found[symbol] = self._present(symbol) or known
        return price

    def _present(self, symbol: str) -> Decimal | None:
        if self._is_sound and self._markets.symbol_fault(symbol, self._now_ns) is not None:
            return None
        return self._markets.mark(symbol, self._now_ns)
