"""What an entry asks for: at which price, with which stake and leverage, and whether it may be placed."""

from datetime import datetime
from typing import Any

import msgspec

from trading.strategy_framework.trade_manager.candle import Candle, Direction
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trades.trade import Trade

RESERVE_FOR_ENTRY = -0.05
_RESERVE_FOR_ADDITION = 0.0


class EntryRequest(msgspec.Struct, kw_only=True):
    """What is to be bought (or sold short), and how much the market asks at least."""

    pair: str
    direction: Direction
    tag: Any
    tick: float | None
    rate: float
    stake: float
    leverage: float = 1.0
    stake_min: float = 0.0


def entry_request(
    desk: Desk, pair: str, candle: Candle, direction: Direction, *, trade: Trade | None, tag: Any
) -> EntryRequest:
    """Return a request at the candle's open, or at the strategy's own price; nothing of its size yet."""
    tick = desk.price_tick(pair, candle.time)
    request = EntryRequest(pair=pair, direction=direction, tag=tag, tick=tick, rate=candle.open, stake=0.0)
    if trade is not None:
        request.leverage = trade.leverage
    if desk.strategy.order_types["entry"] == "limit":
        request.rate = _limit_rate(desk, request, candle, trade)
    return request


def wanted_leverage(desk: Desk, request: EntryRequest, candle: Candle, stake: float) -> float:
    """Return the strategy's leverage within 1 and what the market allows for the stake; 1 on spot."""
    if not desk.is_futures:
        return 1.0
    leverage_max = desk.leverage_max(request.pair, stake)
    wanted: float | None = 1.0
    if desk.callbacks.handles("leverage"):
        wanted = desk.callbacks.ask_number(
            "leverage",
            default=1.0,
            pair=request.pair,
            current_time=candle.time,
            current_rate=candle.open,
            proposed_leverage=1.0,
            max_leverage=leverage_max,
            side=request.direction,
            entry_tag=request.tag,
        )
    return min(max(wanted or 1.0, 1.0), leverage_max)


def wanted_stake(desk: Desk, request: EntryRequest, now: datetime, proposed: float) -> float:
    """Return the strategy's stake for a new trade within the limits; 0 where it can't be had."""
    stake_min, stake_max = _stake_limits(desk, request, RESERVE_FOR_ENTRY)
    available = desk.wallet.get_available_stake_amount()
    stake = proposed
    if desk.callbacks.handles("custom_stake_amount"):
        stake = desk.callbacks.ask(
            "custom_stake_amount",
            default=proposed,
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


def allowed_stake(desk: Desk, request: EntryRequest, stake: float, trade: Trade) -> float:
    """Return the stake of an addition to a trade within the limits; 0 where it can't be had."""
    _, stake_max = _stake_limits(desk, request, _RESERVE_FOR_ADDITION)
    return _validated(desk, request, stake, stake_max, trade_stake=trade.stake_amount)


def amount_of(desk: Desk, request: EntryRequest) -> float:
    """Return the amount (base currency) that the stake buys, in whole steps; 0 where it is too little."""
    stake = request.stake
    if not stake or (request.stake_min and stake < request.stake_min):
        return 0.0
    desk.claim_order_id()
    return desk.markets[request.pair].amount_to_precision(stake / request.rate * request.leverage)


def is_confirmed(desk: Desk, request: EntryRequest, now: datetime, amount: float) -> bool:
    """Ask the strategy whether the entry may be placed."""
    if not desk.callbacks.handles("confirm_trade_entry"):
        return True
    return bool(
        desk.callbacks.ask(
            "confirm_trade_entry",
            default=True,
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


def _limit_rate(desk: Desk, request: EntryRequest, candle: Candle, trade: Trade | None) -> float:
    """Return the strategy's price, within the candle: beyond it an order would fill at once."""
    rate = candle.open
    if desk.callbacks.handles("custom_entry_price"):
        wanted = desk.callbacks.ask_number(
            "custom_entry_price",
            default=rate,
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


def _stake_limits(desk: Desk, request: EntryRequest, reserve: float) -> tuple[float, float]:
    request.stake_min = desk.stake_min(request.pair, request.rate, reserve, request.leverage) or 0.0
    return request.stake_min, desk.stake_max(request.pair, request.rate, request.leverage)


def _validated(
    desk: Desk, request: EntryRequest, stake: float, stake_max: float, *, trade_stake: float | None
) -> float:
    return desk.wallet.validate_stake_amount(
        pair=request.pair,
        stake_amount=stake,
        min_stake_amount=request.stake_min,
        max_stake_amount=stake_max,
        trade_amount=trade_stake,
    )
