"""Opening a trade, adding to one, and replacing an entry order that waits for its price."""

from datetime import datetime

from trading.strategy_framework.trade_manager.candle import Candle, Direction
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.entry_requests import (
    EntryRequest,
    allowed_stake,
    amount_of,
    entry_request,
    is_confirmed,
    wanted_leverage,
    wanted_stake,
)
from trading.strategy_framework.trade_manager.fills import try_fill
from trading.strategy_framework.trade_manager.open_orders import keeps_similar_order, waiting_order
from trading.strategy_framework.trades.trade import Trade


def open_trade(desk: Desk, pair: str, candle: Candle, direction: Direction) -> Trade | None:
    """Open a trade with an entry order; return None where stake, amount or the strategy forbid it."""
    request = entry_request(desk, pair, candle, direction, trade=None, tag=candle.enter_tag)
    stake = desk.wallet_stake(pair)
    if stake is None:
        return None
    request.leverage = wanted_leverage(desk, request, candle, stake)
    request.stake = wanted_stake(desk, request, candle.time, stake)
    amount = amount_of(desk, request)
    if not amount or not is_confirmed(desk, request, candle.time, amount):
        return None
    return _place(desk, _new_trade(desk, request, candle.time, amount), request, candle, amount)


def add_to_trade(desk: Desk, trade: Trade, candle: Candle, stake: float, tag: str) -> Trade | None:
    """Place another entry order of `stake`; None where an equal one is open already."""
    request = entry_request(
        desk, trade.pair, candle, trade.trade_direction, trade=trade, tag=tag or candle.enter_tag
    )
    request.stake = allowed_stake(desk, request, stake, trade)
    amount = amount_of(desk, request)
    return _place(desk, trade, request, candle, amount) if amount else trade


def replace_entry(desk: Desk, trade: Trade, candle: Candle, *, rate: float, stake: float) -> None:
    """Place an entry order at another rate for what a canceled one left to fill."""
    request = entry_request(
        desk, trade.pair, candle, trade.trade_direction, trade=trade, tag=candle.enter_tag
    )
    allowed = allowed_stake(desk, request, trade.stake_amount, trade)
    request.rate = rate
    request.stake = stake or allowed
    amount = amount_of(desk, request)
    if amount and is_confirmed(desk, request, candle.time, amount):
        _place(desk, trade, request, candle, amount)


def _new_trade(desk: Desk, request: EntryRequest, now: datetime, amount: float) -> Trade:
    market = desk.markets[request.pair]
    trade = Trade(
        id=desk.book.next_trade_id(),
        pair=request.pair,
        base_currency=market.base_currency,
        stake_currency=desk.terms.stake_currency,
        open_rate=request.rate,
        open_rate_requested=request.rate,
        open_date=now,
        stake_amount=amount * request.rate / request.leverage,
        amount=0,
        amount_requested=amount,
        fee_open=desk.fee,
        fee_close=desk.fee,
        is_open=True,
        enter_tag=request.tag,
        timeframe=desk.timeframe_minutes,
        exchange=desk.terms.exchange,
        is_short=request.direction == "short",
        trading_mode=desk.terms.trading_mode,
        leverage=request.leverage,
        amount_precision=market.amount_tick,
        price_precision=request.tick,
        contract_size=market.contract_size,
    )
    desk.book.add(trade)
    return trade


def _place(desk: Desk, trade: Trade, request: EntryRequest, candle: Candle, amount: float) -> Trade | None:
    """Place the entry order and fill it at once where the candle allows it."""
    if trade.orders and keeps_similar_order(desk, trade, request.rate, amount, trade.entry_side):
        return None
    trade.adjust_stop_loss(trade.open_rate, desk.strategy.stoploss, initial=True)
    order = waiting_order(
        desk, trade, is_entry=True, price=request.rate, amount=amount, now=candle.time, tag=request.tag
    )
    order.order_filled_date = candle.time  # freqtrade dates an entry's fill when it places it
    trade.orders.append(order)
    try_fill(desk, order, trade, candle.time, candle)
    trade.recalc_trade_from_orders()
    return trade
