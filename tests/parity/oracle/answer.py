"""Write down all that a finished freqtrade backtest says, as plain JSON values."""

from datetime import datetime
from typing import Any

from freqtrade.persistence import LocalTrade, PairLocks


def answer_of(content: dict[str, Any]) -> dict[str, Any]:
    """Return the trades in closing order, the locks, the final balance and the counters."""
    return {
        "trades": [_trade(trade) for trade in LocalTrade.bt_trades],
        "locks": sorted(
            [lock.pair, _ms(lock.lock_end_time), lock.side, lock.reason] for lock in PairLocks.get_all_locks()
        ),
        "final_balance": content["final_balance"],
        "rejected_signals": content["rejected_signals"],
        "timedout_entry_orders": content["timedout_entry_orders"],
        "timedout_exit_orders": content["timedout_exit_orders"],
        "canceled_trade_entries": content["canceled_trade_entries"],
        "canceled_entry_orders": content["canceled_entry_orders"],
        "replaced_entry_orders": content["replaced_entry_orders"],
    }


def _trade(trade: LocalTrade) -> dict[str, Any]:
    return {
        "pair": trade.pair,
        "is_short": bool(trade.is_short),
        "open_date": _ms(trade.open_date),
        "close_date": _ms(trade.close_date),
        "open_rate": trade.open_rate,
        "close_rate": trade.close_rate,
        "amount": round(trade.amount, 8),
        "stake_amount": round(trade.stake_amount, 8),
        "max_stake_amount": round(trade.max_stake_amount or 0.0, 8),
        "leverage": trade.leverage,
        "fee_open": trade.fee_open,
        "fee_close": trade.fee_close,
        "profit_ratio": trade.close_profit,
        "profit_abs": trade.close_profit_abs,
        "exit_reason": trade.exit_reason,
        "enter_tag": trade.enter_tag,
        "min_rate": trade.min_rate,
        "max_rate": trade.max_rate,
        "stop_loss_abs": trade.stop_loss,
        "stop_loss_ratio": trade.stop_loss_pct,
        "initial_stop_loss_abs": trade.initial_stop_loss,
        "initial_stop_loss_ratio": trade.initial_stop_loss_pct,
        "liquidation_price": trade.liquidation_price,
        "funding_fees": trade.funding_fees,
        "orders": [_order(order, trade) for order in trade.select_filled_or_open_orders()],
    }


def _order(order: Any, trade: LocalTrade) -> list[Any]:
    return [
        order.ft_order_side,
        order.ft_order_side == trade.entry_side,
        _ms(order.order_filled_date),
        order.safe_price,
        order.safe_amount,
        order.cost or 0,
        order.ft_order_tag,
    ]


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
