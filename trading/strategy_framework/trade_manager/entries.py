"""Opening a trade, adding to one, and replacing an entry order that waits for its price."""

from datetime import datetime
from typing import Any

import msgspec

from trading.strategy_framework.trade_manager.candle import Candle, Direction
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.fills import try_fill
from trading.strategy_framework.trade_manager.open_orders import keeps_similar_order
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade

_RESERVE_FOR_ENTRY = -0.05
_RESERVE_FOR_ADDITION = 0.0


class _Request(msgspec.Struct, kw_only=True):
    """What is to be bought (or sold short), and how much the market asks at least."""

    pair: str
    direction: Direction
    tag: Any
    tick: float | None
    rate: float
    stake: float
    leverage: float = 1.0
    stake_min: float = 0.0


def open_trade(desk: Desk, pair: str, candle: Candle, direction: Direction) -> Trade | None:
    """Open a trade with an entry order; return None where stake, amount or the strategy forbid it."""
    request = _request(desk, pair, candle, direction, trade=None, tag=candle.enter_tag)
    stake = desk.wallet_stake(pair)
    if stake is None:
        return None
    request.leverage = _leverage(desk, request, candle, stake)
    request.stake = _stake(desk, request, candle.time, stake)
    amount = _amount(desk, request)
    if not amount or not _is_confirmed(desk, request, candle.time, amount):
        return None
    return _place(desk, _new_trade(desk, request, candle.time, amount), request, candle, amount)


def add_to_trade(desk: Desk, trade: Trade, candle: Candle, stake: float, tag: str) -> Trade | None:
    """Place another entry order of `stake`; None where an equal one is open already."""
    request = _request(desk, trade.pair, candle, _direction(trade), trade=trade, tag=tag or candle.enter_tag)
    request.stake = _allowed_stake(desk, request, stake, trade)
    amount = _amount(desk, request)
    return _place(desk, trade, request, candle, amount) if amount else trade


def replace_entry(desk: Desk, trade: Trade, candle: Candle, *, rate: float, stake: float) -> None:
    """Place an entry order at another rate for what a canceled one left to fill."""
    request = _request(desk, trade.pair, candle, _direction(trade), trade=trade, tag=candle.enter_tag)
    allowed = _allowed_stake(desk, request, trade.stake_amount, trade)
    request.rate = rate
    request.stake = stake or allowed
    amount = _amount(desk, request)
    if amount and _is_confirmed(desk, request, candle.time, amount):
        _place(desk, trade, request, candle, amount)


def _request(
    desk: Desk, pair: str, candle: Candle, direction: Direction, *, trade: Trade | None, tag: Any
) -> _Request:
    tick = desk.price_tick(pair, candle.time)
    request = _Request(pair=pair, direction=direction, tag=tag, tick=tick, rate=candle.open, stake=0.0)
    if trade is not None:
        request.leverage = trade.leverage
    if desk.strategy.order_types["entry"] == "limit":
        request.rate = _limit_rate(desk, request, candle, trade)
    return request


def _limit_rate(desk: Desk, request: _Request, candle: Candle, trade: Trade | None) -> float:
    """Return the strategy's price, within the candle: beyond it an order would fill at once."""
    rate = candle.open
    if desk.callbacks.handles("custom_entry_price"):
        wanted = desk.callbacks.ask(
            "custom_entry_price",
            rate,
            pair=request.pair,
            trade=trade,
            current_time=candle.time,
            proposed_rate=rate,
            entry_tag=request.tag,
            side=request.direction,
        )
        if wanted is not None and wanted != rate:
            rate = desk.markets[request.pair].price_to_precision(wanted, tick=request.tick)
    return max(rate, candle.low) if request.direction == "short" else min(rate, candle.high)


def _leverage(desk: Desk, request: _Request, candle: Candle, stake: float) -> float:
    if not desk.is_futures:
        return 1.0
    leverage_max = desk.leverage_max(request.pair, stake)
    wanted = 1.0
    if desk.callbacks.handles("leverage"):
        wanted = desk.callbacks.ask(
            "leverage",
            1.0,
            pair=request.pair,
            current_time=candle.time,
            current_rate=candle.open,
            proposed_leverage=1.0,
            max_leverage=leverage_max,
            side=request.direction,
            entry_tag=request.tag,
        )
    return min(max(wanted, 1.0), leverage_max)


def _stake(desk: Desk, request: _Request, now: datetime, proposed: float) -> float:
    """Return the strategy's stake for a new trade within the limits; 0 where it can't be had."""
    stake_min, stake_max = _stake_limits(desk, request, _RESERVE_FOR_ENTRY)
    available = desk.wallet.get_available_stake_amount()
    stake = proposed
    if desk.callbacks.handles("custom_stake_amount"):
        stake = desk.callbacks.ask(
            "custom_stake_amount",
            proposed,
            pair=request.pair,
            current_time=now,
            current_rate=request.rate,
            proposed_stake=proposed,
            min_stake=stake_min,
            max_stake=min(available, stake_max),
            leverage=request.leverage,
            entry_tag=request.tag,
            side=request.direction,
        )
    return _validated(desk, request, stake, stake_max, trade_stake=None)


def _allowed_stake(desk: Desk, request: _Request, stake: float, trade: Trade) -> float:
    _, stake_max = _stake_limits(desk, request, _RESERVE_FOR_ADDITION)
    return _validated(desk, request, stake, stake_max, trade_stake=trade.stake_amount)


def _stake_limits(desk: Desk, request: _Request, reserve: float) -> tuple[float, float]:
    request.stake_min = desk.stake_min(request.pair, request.rate, reserve, request.leverage) or 0.0
    return request.stake_min, desk.stake_max(request.pair, request.rate, request.leverage)


def _validated(
    desk: Desk, request: _Request, stake: float, stake_max: float, *, trade_stake: float | None
) -> float:
    return desk.wallet.validate_stake_amount(
        pair=request.pair,
        stake_amount=stake,
        min_stake_amount=request.stake_min,
        max_stake_amount=stake_max,
        trade_amount=trade_stake,
    )


def _amount(desk: Desk, request: _Request) -> float:
    """Return the amount (base currency) that the stake buys, in whole steps; 0 where it is too little."""
    stake = request.stake
    if not stake or (request.stake_min and stake < request.stake_min):
        return 0.0
    desk.claim_order_id()
    return desk.markets[request.pair].amount_to_precision(stake / request.rate * request.leverage)


def _is_confirmed(desk: Desk, request: _Request, now: datetime, amount: float) -> bool:
    if not desk.callbacks.handles("confirm_trade_entry"):
        return True
    return bool(
        desk.callbacks.ask(
            "confirm_trade_entry",
            True,
            pair=request.pair,
            order_type=desk.strategy.order_types["entry"],
            amount=amount,
            rate=request.rate,
            time_in_force=desk.strategy.order_time_in_force["entry"],
            current_time=now,
            entry_tag=request.tag,
            side=request.direction,
        )
    )


def _new_trade(desk: Desk, request: _Request, now: datetime, amount: float) -> Trade:
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


def _place(desk: Desk, trade: Trade, request: _Request, candle: Candle, amount: float) -> Trade | None:
    """Place the entry order and fill it at once where the candle allows it."""
    if trade.orders and keeps_similar_order(desk, trade, request.rate, amount, trade.entry_side):
        return None
    trade.adjust_stop_loss(trade.open_rate, desk.strategy.stoploss, initial=True)
    order = Order(
        id=desk.order_id,
        ft_trade_id=trade.id,
        ft_is_open=True,
        ft_pair=trade.pair,
        order_id=str(desk.order_id),
        symbol=trade.pair,
        ft_order_side=trade.entry_side,
        side=trade.entry_side,
        order_type=desk.strategy.order_types["entry"],
        status="open",
        order_date=candle.time,
        order_filled_date=candle.time,
        order_update_date=candle.time,
        ft_price=request.rate,
        price=request.rate,
        average=request.rate,
        amount=amount,
        filled=0,
        remaining=amount,
        cost=amount * request.rate * (1 + desk.fee),
        ft_order_tag=request.tag,
        trade=trade,
    )
    trade.orders.append(order)
    try_fill(desk, order, trade, candle.time, candle)
    trade.recalc_trade_from_orders()
    return trade


def _direction(trade: Trade) -> Direction:
    return "short" if trade.is_short else "long"
