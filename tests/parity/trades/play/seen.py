"""What is seen of a trade and its orders after each step, and the time that steps count from."""

from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2024, 3, 1, tzinfo=UTC)
Seen = list[Any]

FIELDS = [
    "is_open",
    "fee_open",
    "fee_open_cost",
    "fee_close",
    "fee_close_cost",
    "open_rate",
    "open_trade_value",
    "close_rate",
    "close_rate_requested",
    "realized_profit",
    "close_profit",
    "close_profit_abs",
    "stake_amount",
    "max_stake_amount",
    "amount",
    "stop_loss",
    "stop_loss_pct",
    "initial_stop_loss",
    "initial_stop_loss_pct",
    "is_stop_loss_trailing",
    "max_rate",
    "min_rate",
    "exit_reason",
    "exit_order_status",
    "liquidation_price",
    "funding_fees",
    "funding_fee_running",
    "leverage",
    "is_short",
    "stoploss_or_liquidation",
    "has_no_leverage",
    "borrowed",
    "has_open_orders",
    "has_open_position",
    "has_open_sl_orders",
    "nr_of_successful_entries",
    "nr_of_successful_exits",
    "nr_of_successful_buys",
    "nr_of_successful_sells",
    "buy_tag",
    "sell_reason",
    "enter_tag",
    "entry_side",
    "exit_side",
    "trade_direction",
    "safe_base_currency",
    "safe_quote_currency",
    "safe_close_rate",
    "open_orders_ids",
    "fully_canceled_entry_order_count",
    "canceled_exit_order_count",
]
DATES = (
    "date_last_filled_utc",
    "date_entry_fill_utc",
    "open_date_utc",
    "close_date_utc",
    "stoploss_last_update_utc",
)
ORDER_FIELDS = [
    "safe_amount",
    "safe_placement_price",
    "safe_price",
    "safe_filled",
    "safe_cost",
    "safe_remaining",
    "safe_fee_base",
    "safe_amount_after_fee",
    "stake_amount",
    "stake_amount_filled",
    "funding_fee",
    "status",
]


def minute(count: float) -> datetime:
    """Return the scenario's start plus minutes."""
    return START + timedelta(minutes=count)


def guarded(call: Any, *args: Any, **named: Any) -> Any:
    """Return the result, or the name of a built-in error; which text an error has is no matter of parity."""
    try:
        return call(*args, **named)
    except (ValueError, ZeroDivisionError, TypeError, AssertionError) as error:
        return f"raises {type(error).__name__}"


def seen_of(trade: Any) -> dict[str, Any]:
    """Return all that can be seen of a trade."""
    seen = {name: guarded(getattr, trade, name) for name in FIELDS}
    seen |= {name: str(getattr(trade, name)) for name in DATES}
    seen["orders"] = [
        {name: guarded(getattr, order, name) for name in ORDER_FIELDS} for order in trade.orders
    ]
    seen["json"] = guarded(trade.to_json)
    seen["short"] = guarded(trade.to_json, minified=True)
    seen["text"] = [repr(trade), *(repr(order) for order in trade.orders)]
    return seen
