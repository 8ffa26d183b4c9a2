"""Builds the read views from the ledger's state and the markets."""

from decimal import Decimal

from market.clock import NS_PER_MS
from trading.core.config import EngineConfig
from trading.core.decimals import displayed, rounded_ratio
from trading.core.decision import Marks
from trading.core.markets import Markets
from trading.core.orders import Fill, Order
from trading.core.positions import Position
from trading.core.state import LedgerState
from trading.core.views import (
    FillView,
    OrderView,
    PortfolioView,
    PositionView,
    StateView,
    StrategyView,
    TradingState,
)


def order_view(order: Order) -> OrderView:
    """Return the order as people see it."""
    intent, signal = order.intent, order.intent.signal
    average = order.average_price
    return OrderView(
        client_order_id=order.client_order_id,
        signal_id=signal.id,
        symbol=intent.symbol,
        venue=intent.venue,
        side=intent.side,
        type=intent.type.value,
        size=intent.size,
        limit_price=intent.limit_price,
        filled_size=order.filled_size,
        average_price=None if average is None else displayed(average),
        fees=order.fees,
        state=order.state.value,
        code=order.code,
        reason=order.reason,
        strategy=signal.strategy,
        tag=signal.tag,
        created_at=intent.ts,
        updated_at=order.updated_at,
        routing=intent.routing,
    )


def fill_view(fill: Fill) -> FillView:
    """Return the fill as people see it."""
    return FillView(
        fill_id=fill.fill_id,
        client_order_id=fill.client_order_id,
        strategy=fill.strategy,
        symbol=fill.symbol,
        venue=fill.venue,
        side=fill.side,
        price=fill.price,
        size=fill.size,
        fee=fill.fee,
        fee_currency=fill.fee_currency,
        liquidity=fill.liquidity,
        ts=fill.ts,
    )


class Reader:
    """Answers questions about the account at one moment."""

    def __init__(self, config: EngineConfig, state: LedgerState, markets: Markets, now_ns: int) -> None:
        self._config = config
        self._state = state
        self._markets = markets
        self._now_ns = now_ns
        self._mark_of = Marks(markets, state, now_ns)

    def state_view(self) -> StateView:
        """Return the trading state and its reason."""
        gated = [
            symbol
            for symbol in self._config.symbols
            if self._markets.symbol_fault(symbol, self._now_ns) is not None
        ]
        halt = self._state.trading if self._state.is_halted else None
        if halt is not None:
            return StateView(
                trading_state=TradingState.HALTED,
                reason=halt.reason,
                halted_by=halt.by,
                halted_at=halt.ts,
                reducing_symbols=gated,
            )
        reason = self._reducing_reason(gated)
        return StateView(
            trading_state=TradingState.REDUCING if reason else TradingState.ACTIVE,
            reason=reason,
            halted_by=None,
            halted_at=None,
            reducing_symbols=gated,
        )

    def portfolio_view(self) -> PortfolioView:
        """Return the account at present marks."""
        account = self._state.account
        exposure_quote = account.exposure_quote(self._mark_of)
        equity = account.cash + exposure_quote
        today_pnl = equity - account.day_start_equity
        return PortfolioView(
            currency=account.currency,
            equity=equity,
            cash=account.cash,
            today_pnl=today_pnl,
            today_pnl_ratio=_ratio(today_pnl, account.day_start_equity),
            realized_pnl=account.realized_pnl(),
            unrealized_pnl=account.unrealized_pnl(self._mark_of),
            fees=account.fees(),
            drawdown=rounded_ratio(account.drawdown(equity)),
            drawdown_limit=self._config.drawdown_limit,
            exposure=_ratio(exposure_quote, equity),
            exposure_limit=self._config.exposure_limit,
            as_of_ms=self._now_ns // NS_PER_MS,
        )

    def position_views(self) -> list[PositionView]:
        """Return the open positions."""
        return [self._position_view(position) for position in self._state.account.open_positions()]

    def strategy_views(self) -> list[StrategyView]:
        """Return each strategy that was ever set or has traded, by name."""
        traded = {position.strategy for position in self._state.account.positions()}
        return [self._strategy_view(name) for name in sorted(traded | self._state.strategies.keys())]

    def _reducing_reason(self, gated: list[str]) -> str | None:
        account = self._state.account
        drawdown = -account.drawdown(account.equity(self._mark_of))
        if drawdown >= self._config.drawdown_limit:
            return f"equity is {drawdown:.2%} under its peak; the limit is {self._config.drawdown_limit:.2%}"
        if gated and len(gated) == len(self._config.symbols):
            return "no symbol has good data"
        return None

    def _position_view(self, position: Position) -> PositionView:
        mark = self._mark_of(position.symbol)
        unrealized = position.unrealized_pnl(mark)
        return PositionView(
            symbol=position.symbol,
            strategy=position.strategy,
            side="long",
            size=position.size,
            entry_price=displayed(position.cost / position.size),
            mark_price=mark,
            unrealized_pnl=unrealized,
            unrealized_pnl_ratio=_ratio(unrealized, position.cost),
            opened_at=position.opened_at,
        )

    def _strategy_view(self, name: str) -> StrategyView:
        changed = self._state.strategies.get(name)
        held = [position for position in self._state.account.positions() if position.strategy == name]
        pnl = sum(
            (
                position.realized_pnl
                - position.fees
                + position.unrealized_pnl(self._mark_of(position.symbol))
                for position in held
            ),
            Decimal(0),
        )
        error = changed.error if changed is not None else None
        is_on = changed is None or changed.is_on
        return StrategyView(
            name=name,
            state="error" if error is not None else "on" if is_on else "off",
            error=error,
            pnl=pnl,
            open_positions=sum(position.is_open for position in held),
            trades=sum(position.trades for position in held),
        )


def _ratio(value: Decimal, base: Decimal) -> Decimal:
    return rounded_ratio(value / base) if base else Decimal(0)
