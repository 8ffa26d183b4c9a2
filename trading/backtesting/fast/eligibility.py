"""Which runs can skip candles, and what hinders the others: the only list of it."""

from trading.backtesting.fast.changed_settings import may_change_settings
from trading.strategy_framework.trade_manager.desk import Desk

_PER_TRADE_CALLBACKS = (
    "leverage",
    "custom_stake_amount",
    "custom_entry_price",
    "custom_exit_price",
    "confirm_trade_entry",
    "confirm_trade_exit",
    "check_entry_timeout",
    "check_exit_timeout",
    "adjust_order_price",
    "order_filled",
)


def needs_general_loop(desk: Desk, *, has_details: bool) -> str | None:
    """Return why a strategy or its terms want every candle stepped, None where they don't."""
    strategy, handles = desk.strategy, desk.callbacks.handles
    reasons = {
        "bot_loop_start is called on every candle": handles("bot_loop_start"),
        "custom_exit is asked on every candle": strategy.use_exit_signal and handles("custom_exit"),
        "use_custom_stoploss moves the stop on every candle": strategy.use_custom_stoploss,
        "custom_roi is asked on every candle": strategy.use_custom_roi and handles("custom_roi"),
        "adjust_trade_position is asked on every candle": strategy.position_adjustment_enable,
        "a detail timeframe is traded": has_details,
        "several trades of one pair may be open": desk.terms.position_stacking,
        "cross margin moves the liquidation prices of all trades": desk.is_cross_margin,
        "its callbacks change its settings": shows_trades_to_strategy(desk) and may_change_settings(strategy),
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def shows_trades_to_strategy(desk: Desk) -> bool:
    """Tell whether user code runs during the loop: it may look at any trade, at any time."""
    return any(desk.callbacks.handles(name) for name in _PER_TRADE_CALLBACKS)
