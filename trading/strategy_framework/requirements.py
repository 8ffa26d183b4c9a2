"""What a strategy must have, and what it may not ask of this version yet.

A strategy whose stop or callback would be ignored would trade differently from what its author
tested; so it is refused with the names that are in the way.
"""

from market.errors import BadEvent
from market.timeframes import timeframe_ns
from trading.strategy_framework.interface import IStrategy

_SWITCHES = (
    "trailing_stop",
    "use_custom_stoploss",
    "use_custom_roi",
    "can_short",
    "position_adjustment_enable",
)
_CALLBACKS = (
    "adjust_entry_price",
    "adjust_exit_price",
    "adjust_order_price",
    "adjust_trade_position",
    "bot_loop_start",
    "check_entry_timeout",
    "check_exit_timeout",
    "confirm_trade_entry",
    "confirm_trade_exit",
    "custom_entry_price",
    "custom_exit",
    "custom_exit_price",
    "custom_roi",
    "custom_stake_amount",
    "custom_stoploss",
    "informative_pairs",
    "leverage",
    "order_filled",
)


def problem_with(strategy_class: type[IStrategy]) -> str | None:
    """Return why the class can't run here, in words that say what to do; nothing if it can."""
    return _missing(strategy_class) or _malformed(strategy_class) or _unsupported(strategy_class)


def _missing(strategy_class: type[IStrategy]) -> str | None:
    name = strategy_class.__name__
    for method in ("populate_entry_trend", "populate_exit_trend"):
        if getattr(strategy_class, method) is getattr(IStrategy, method):
            return f"{name} must define {method}(self, dataframe, metadata)"
    if not isinstance(getattr(strategy_class, "stoploss", None), int | float):
        return f"{name} must set stoploss to a negative fraction, such as stoploss = -0.10"
    return None


def _malformed(strategy_class: type[IStrategy]) -> str | None:
    if not -1 <= strategy_class.stoploss < 0:
        return f"stoploss = {strategy_class.stoploss} must be a negative fraction from -1 to below 0"
    try:
        timeframe_ns(strategy_class.timeframe)
    except BadEvent as error:
        return f"timeframe: {error}"
    for minutes, ratio in strategy_class.minimal_roi.items():
        if not str(minutes).isdecimal() or not isinstance(ratio, int | float):
            return f"minimal_roi: {minutes!r}: {ratio!r} must be minutes as text and a fraction"
    return None


def _unsupported(strategy_class: type[IStrategy]) -> str | None:
    names = [switch for switch in _SWITCHES if getattr(strategy_class, switch)]
    names += [callback for callback in _CALLBACKS if hasattr(strategy_class, callback)]
    if not names:
        return None
    return f"{strategy_class.__name__} uses {', '.join(names)}, which this version does not run yet"
