"""A trade as freqtrade's JSON, which exports and strategies' notifications use."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from trading.strategy_framework.trades.order import DATE_FORMAT, milliseconds

if TYPE_CHECKING:
    from trading.strategy_framework.trades.trade_orders import TradeOrders


def _text(moment: datetime | None) -> str | None:
    return moment.strftime(DATE_FORMAT) if moment else None


def _rounded(value: float | None, places: int) -> float | None:
    return round(value, places) if value else None


def _percent(ratio: float | None) -> float | None:
    return ratio * 100 if ratio else None


def trade_json(trade: "TradeOrders", *, minified: bool = False) -> dict[str, Any]:
    """Return the trade's fields; `minified` shortens the orders to what backtest results hold."""
    return (
        _identity(trade)
        | _opening(trade)
        | _closing(trade)
        | _stops(trade)
        | _market(trade)
        | _orders(trade, minified=minified)
    )


def _identity(trade: "TradeOrders") -> dict[str, Any]:
    return {
        "trade_id": trade.id,
        "pair": trade.pair,
        "base_currency": trade.safe_base_currency,
        "quote_currency": trade.safe_quote_currency,
        "is_open": trade.is_open,
        "exchange": trade.exchange,
        "amount": round(trade.amount, 8),
        "amount_requested": _rounded(trade.amount_requested, 8),
        "stake_amount": round(trade.stake_amount, 8),
        "max_stake_amount": _rounded(trade.max_stake_amount, 8),
        "strategy": trade.strategy,
        "enter_tag": trade.enter_tag,
        "timeframe": trade.timeframe,
        "fee_open": trade.fee_open,
        "fee_open_cost": trade.fee_open_cost,
        "fee_open_currency": trade.fee_open_currency,
        "fee_close": trade.fee_close,
        "fee_close_cost": trade.fee_close_cost,
        "fee_close_currency": trade.fee_close_currency,
    }


def _opening(trade: "TradeOrders") -> dict[str, Any]:
    filled = trade.date_entry_fill_utc
    return {
        "open_date": _text(trade.open_date),
        "open_timestamp": milliseconds(trade.open_date_utc),
        "open_fill_date": _text(filled),
        "open_fill_timestamp": milliseconds(filled),
        "open_rate": trade.open_rate,
        "open_rate_requested": trade.open_rate_requested,
        "open_trade_value": round(trade.open_trade_value, 8),
    }


def _closing(trade: "TradeOrders") -> dict[str, Any]:
    closed = trade.close_date_utc
    seconds = int((closed - trade.open_date_utc).total_seconds()) if closed else None
    profit_pct = round(trade.close_profit * 100, 2) if trade.close_profit else None
    return {
        "close_date": _text(trade.close_date),
        "close_timestamp": milliseconds(closed),
        "realized_profit": trade.realized_profit or 0.0,
        "realized_profit_ratio": trade.close_profit or None,
        "close_rate": trade.close_rate,
        "close_rate_requested": trade.close_rate_requested,
        "close_profit": trade.close_profit,
        "close_profit_pct": profit_pct,
        "close_profit_abs": trade.close_profit_abs,
        "trade_duration_s": seconds,
        "trade_duration": int(seconds // 60) if seconds is not None else None,
        "profit_ratio": trade.close_profit,
        "profit_pct": profit_pct,
        "profit_abs": trade.close_profit_abs,
        "exit_reason": trade.exit_reason,
        "exit_order_status": trade.exit_order_status,
    }


def _stops(trade: "TradeOrders") -> dict[str, Any]:
    updated = trade.stoploss_last_update_utc
    return {
        "stop_loss_abs": trade.stop_loss,
        "stop_loss_ratio": trade.stop_loss_pct or None,
        "stop_loss_pct": _percent(trade.stop_loss_pct),
        "stoploss_last_update": _text(updated),
        "stoploss_last_update_timestamp": milliseconds(updated),
        "initial_stop_loss_abs": trade.initial_stop_loss,
        "initial_stop_loss_ratio": trade.initial_stop_loss_pct or None,
        "initial_stop_loss_pct": _percent(trade.initial_stop_loss_pct),
        "min_rate": trade.min_rate,
        "max_rate": trade.max_rate,
    }


def _market(trade: "TradeOrders") -> dict[str, Any]:
    return {
        "leverage": trade.leverage,
        "interest_rate": trade.interest_rate,
        "liquidation_price": trade.liquidation_price,
        "is_short": trade.is_short,
        "trading_mode": trade.trading_mode,
        "funding_fees": trade.funding_fees,
        "amount_precision": trade.amount_precision,
        "price_precision": trade.price_precision,
        "precision_mode": trade.precision_mode,
        "precision_mode_price": trade.precision_mode_price,
        "contract_size": trade.contract_size,
    }


def _orders(trade: "TradeOrders", *, minified: bool) -> dict[str, Any]:
    listed = trade.select_filled_or_open_orders()
    filled = [order.ft_order_side for order in listed if not order.ft_is_open]
    return {
        "nr_of_successful_entries": filled.count(trade.entry_side),
        "nr_of_successful_exits": filled.count(trade.exit_side),
        "has_open_orders": any(order.ft_is_open and order.ft_order_side != "stoploss" for order in listed),
        "orders": [order.to_json(trade.entry_side, minified) for order in listed],
    }
