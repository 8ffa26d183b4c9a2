"""Making a position larger or smaller while it is held, as the strategy asks at a candle's open."""

from datetime import datetime
from typing import Any

from trading.strategy_framework.trade_manager.candle import Candle, ExitKind, exit_for
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.entries import add_to_trade
from trading.strategy_framework.trade_manager.exit_orders import leave
from trading.strategy_framework.trade_manager.fills import settle_exit
from trading.strategy_framework.trades.arithmetic.exact import product_over
from trading.strategy_framework.trades.trade import Trade

_RESERVE = -0.1


def adjust_position(desk: Desk, trade: Trade, now: datetime, candle: Candle) -> None:
    """Ask the strategy for a change of stake and place the order for it."""
    if not desk.callbacks.handles("adjust_trade_position"):
        return
    stake_min = desk.stake_min(trade.pair, candle.open, _RESERVE, 1.0)
    stake, tag = _wanted_change(desk, trade, now, candle, stake_min)
    if stake is None:
        return
    if stake > 0.0 and _may_add(desk, trade):
        if add_to_trade(desk, trade, candle, stake, tag) is not None:
            desk.wallet.update()
            return
    elif stake < 0.0:
        _reduce(desk, trade, now, candle, stake, tag, stake_min)


def _wanted_change(
    desk: Desk, trade: Trade, now: datetime, candle: Candle, stake_min: float | None
) -> tuple[float | None, str]:
    rate = candle.open
    profit = trade.calc_profit_ratio(rate)
    stake_max = desk.stake_max(trade.pair, rate, 1.0)
    answer: Any = desk.callbacks.ask(
        "adjust_trade_position",
        default=None,
        trade=trade,
        current_time=now,
        current_rate=rate,
        current_profit=profit,
        min_stake=stake_min,
        max_stake=min(stake_max, desk.wallet.get_available_stake_amount()),
        current_entry_rate=rate,
        current_exit_rate=rate,
        current_entry_profit=profit,
        current_exit_profit=profit,
    )
    stake, tag, *_ = (*answer, None, None) if isinstance(answer, tuple) else (answer, None)
    return desk.callbacks.number("adjust_trade_position", stake), tag or ""


def _may_add(desk: Desk, trade: Trade) -> bool:
    additions_max = desk.strategy.max_entry_position_adjustment
    return additions_max <= -1 or trade.nr_of_successful_entries <= additions_max


def _reduce(
    desk: Desk,
    trade: Trade,
    now: datetime,
    candle: Candle,
    stake: float,
    tag: str,
    stake_min: float | None,
) -> None:
    """Sell the part of the position that `stake` (negative) is of its stake, if the rest stays tradable."""
    share = abs(product_over(stake, trade.amount, trade.stake_amount))
    amount = desk.markets[trade.pair].amount_to_precision(share)
    if amount == 0.0:
        return
    remaining = (trade.amount - amount) * candle.open
    if stake_min and remaining != 0 and remaining < stake_min:
        return
    if leave(desk, trade, exit_for(ExitKind.PARTIAL_EXIT, tag), now, candle, amount):
        settle_exit(desk, trade.orders[-1], trade, now, candle)
