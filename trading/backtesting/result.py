"""What a backtest found: its closed trades, its money, and what it could not do.

Figures, tables and reports are computed from this alone. Names are freqtrade's where it has the
field; money is in the stake currency, ratios are fractions, dates are aware UTC.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from trading.backtesting.candles.pair import PairCandles
from trading.strategy_framework.trade_manager.desk import Counts, Desk
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.pair_locks import PairLock
from trading.strategy_framework.trades.settings import TradingTerms
from trading.strategy_framework.trades.trade import Trade


class ClosedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order of a closed trade; `cost` includes the fee, `order_filled_timestamp` is in ms."""

    ft_order_side: str
    ft_is_entry: bool
    order_filled_timestamp: int | None
    safe_price: float
    amount: float
    cost: float
    ft_order_tag: Any = None


class ClosedTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A trade from its first order to its end; `trade_duration` in minutes.

    `open_date` is when its first order was placed, `profit_abs` includes all fees and partial exits,
    stops are as they were at the end, `min_rate` and `max_rate` the extremes while it was held (None where it
    was closed before it saw a candle's range).
    """

    trade_id: int
    pair: str
    is_short: bool
    open_date: datetime
    close_date: datetime
    trade_duration: int
    open_rate: float
    close_rate: float
    amount: float
    stake_amount: float
    max_stake_amount: float
    leverage: float
    fee_open: float
    fee_close: float
    profit_abs: float
    profit_ratio: float
    exit_reason: str
    enter_tag: Any
    min_rate: float | None
    max_rate: float | None
    stop_loss_abs: float
    stop_loss_ratio: float | None
    initial_stop_loss_abs: float
    initial_stop_loss_ratio: float | None
    liquidation_price: float | None
    funding_fees: float
    orders: list[ClosedOrder]


class ClosedLock(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which a pair (`*`: any) could not be entered, on one side or both (`*`)."""

    pair: str
    lock_time: datetime
    lock_end_time: datetime
    side: str
    reason: str | None
    active: bool


class BacktestResult(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `trades` are in the order in which they were closed.

    `start` and `stop` are the opens of the first and the last candle, `candles` their number over all
    pairs, `data_hash` the SHA-256 of the prices read, `engine` the loop that ran. `callback_failures`
    counts what each callback raised, `callback_errors` has the first of it and its place. `remarks` say
    what its user should know of how it ran.
    """

    strategy: str
    timeframe: str
    pairs: list[str]
    start: datetime
    stop: datetime
    starting_balance: float
    final_balance: float
    trades: list[ClosedTrade]
    locks: list[ClosedLock]
    counts: Counts
    candles: int
    data_hash: str
    terms: TradingTerms
    engine: str
    callback_failures: Mapping[str, int] = {}
    callback_errors: Mapping[str, str] = {}
    remarks: tuple[str, ...] = ()


def result_of(
    desk: Desk,
    *,
    candles: Sequence[PairCandles],
    start: datetime,
    stop: datetime,
    data_hash: str,
    engine: str,
    remarks: tuple[str, ...] = (),
) -> BacktestResult:
    """Return what a desk has to show after a run."""
    return BacktestResult(
        strategy=desk.strategy.get_strategy_name(),
        timeframe=desk.strategy.timeframe,
        pairs=[each.pair for each in candles],
        start=start,
        stop=stop,
        starting_balance=desk.terms.starting_balance,
        final_balance=desk.wallet.get_total(desk.terms.stake_currency),
        trades=[closed_trade(trade) for trade in desk.book.closed_trades],
        locks=[_closed_lock(lock) for lock in desk.book.locks],
        counts=desk.counts,
        candles=sum(map(len, candles)),
        data_hash=data_hash,
        terms=desk.terms,
        engine=engine,
        callback_failures=dict(desk.callbacks.failures),
        callback_errors=dict(desk.callbacks.errors),
        remarks=remarks,
    )


def closed_trade(trade: Trade) -> ClosedTrade:
    """Return what a result keeps of a trade that has ended."""
    assert trade.close_date is not None
    assert trade.close_rate is not None
    return ClosedTrade(
        trade_id=trade.id,
        pair=trade.pair,
        is_short=trade.is_short,
        open_date=trade.open_date_utc,
        close_date=trade.close_date,
        trade_duration=int((trade.close_date - trade.open_date_utc).total_seconds() // 60),
        open_rate=trade.open_rate,
        close_rate=trade.close_rate,
        amount=round(trade.amount, 8),
        stake_amount=round(trade.stake_amount, 8),
        max_stake_amount=round(trade.max_stake_amount or 0.0, 8),
        leverage=trade.leverage,
        fee_open=trade.fee_open,
        fee_close=trade.fee_close or 0.0,
        profit_abs=trade.close_profit_abs or 0.0,
        profit_ratio=trade.close_profit or 0.0,
        exit_reason=trade.exit_reason or "",
        enter_tag=trade.enter_tag,
        min_rate=trade.min_rate,
        max_rate=trade.max_rate,
        stop_loss_abs=trade.stop_loss,
        stop_loss_ratio=trade.stop_loss_pct or None,
        initial_stop_loss_abs=trade.initial_stop_loss or 0.0,
        initial_stop_loss_ratio=trade.initial_stop_loss_pct or None,
        liquidation_price=trade.liquidation_price,
        funding_fees=trade.funding_fees or 0.0,
        orders=[_closed_order(order, trade) for order in trade.select_filled_or_open_orders()],
    )


def _closed_order(order: Order, trade: Trade) -> ClosedOrder:
    filled = order.order_filled_utc
    return ClosedOrder(
        ft_order_side=order.ft_order_side,
        ft_is_entry=order.ft_order_side == trade.entry_side,
        order_filled_timestamp=None if filled is None else round(filled.timestamp() * 1000),
        safe_price=order.safe_price,
        amount=order.safe_amount,
        cost=order.cost or 0.0,
        ft_order_tag=order.ft_order_tag,
    )


def _closed_lock(lock: PairLock) -> ClosedLock:
    return ClosedLock(
        pair=lock.pair,
        lock_time=lock.lock_time,
        lock_end_time=lock.lock_end_time,
        side=lock.side,
        reason=lock.reason,
        active=lock.active,
    )
