"""Agreement of a strategy's book with the ledger about what is held.

The ledger is right: it has what was filled. A trade whose coins are gone was closed by someone else; it
ends at what it cost, as only the ledger knows what it brought. A position without a trade is from
before the book was kept; it becomes a trade, so that its stop is watched.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from trading.api.host.account import EPOCH, StrategyAccount
from trading.core.views import PositionView
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade

CLOSED_ELSEWHERE, ADOPTED = "closed_elsewhere", "adopted"

log = structlog.get_logger()


def reconcile(account: StrategyAccount, held: Mapping[str, PositionView], now: datetime) -> bool:
    """Bring the book in line with the positions held; return whether anything had to change."""
    book = account.book
    with book.active():
        gone = [
            trade
            for trade in book.open_trades
            if trade.pair not in held and trade.has_open_position and not trade.has_open_orders
        ]
        strange = [
            (pair, position)
            for pair, position in held.items()
            if pair in account.desk.markets and not book.open_trades_of(pair)
        ]
        for trade in gone:
            _close(account, trade, now)
        for pair, position in strange:
            _adopt(account, pair, position)
        if gone or strange:
            account.desk.wallet.update()
    return bool(gone or strange)


def _close(account: StrategyAccount, trade: Trade, now: datetime) -> None:
    log.warning("trade_closed_elsewhere", strategy=account.name, symbol=trade.pair, trade=trade.id)
    rate = trade.open_rate
    order = _order(account, trade, trade.exit_side, rate=rate, amount=trade.amount, now=now)
    order.ft_order_tag = CLOSED_ELSEWHERE
    order.close_bt_order(now, trade)
    trade.exit_reason, trade.close_date = CLOSED_ELSEWHERE, now
    trade.close(rate)
    account.book.close(trade)


def _adopt(account: StrategyAccount, pair: str, position: PositionView) -> None:
    opened = EPOCH + timedelta(microseconds=position.opened_at // 1000)
    rate, amount = float(position.entry_price), float(position.size)
    desk, market = account.desk, account.desk.markets[pair]
    log.info("position_adopted", strategy=account.name, symbol=pair, amount=amount, rate=rate)
    trade = Trade(
        id=account.book.next_trade_id(),
        pair=pair,
        base_currency=market.base_currency,
        stake_currency=account.terms.stake_currency,
        open_rate=rate,
        open_rate_requested=rate,
        open_date=opened,
        stake_amount=amount * rate,
        amount=0.0,
        amount_requested=amount,
        fee_open=desk.fee,
        fee_close=desk.fee,
        enter_tag=ADOPTED,
        timeframe=desk.timeframe_minutes,
        exchange=account.terms.exchange,
        amount_precision=market.amount_tick,
        price_precision=market.price_tick,
    )
    account.book.add(trade)
    trade.adjust_stop_loss(rate, account.strategy.stoploss, initial=True)
    order = _order(account, trade, trade.entry_side, rate=rate, amount=amount, now=opened)
    order.close_bt_order(opened, trade)


def _order(
    account: StrategyAccount, trade: Trade, side: str, *, rate: float, amount: float, now: datetime
) -> Order:
    number = account.book.next_order_id()
    order = Order(
        id=number,
        ft_trade_id=trade.id,
        ft_is_open=True,
        ft_pair=trade.pair,
        order_id=str(number),
        symbol=trade.pair,
        ft_order_side=side,
        side=side,
        order_type="market",
        status="open",
        order_date=now,
        order_update_date=now,
        ft_price=rate,
        price=rate,
        average=rate,
        amount=amount,
        filled=0.0,
        remaining=amount,
        cost=amount * rate,
        ft_order_tag=ADOPTED,
        trade=trade,
    )
    trade.orders.append(order)
    return order
