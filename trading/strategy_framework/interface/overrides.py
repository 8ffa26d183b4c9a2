"""Which methods a strategy has of its own: what it doesn't override costs nothing and decides nothing."""

import inspect
from typing import Any

from trading.strategy_framework.interface.legacy import SETTINGS
from trading.strategy_framework.interface.strategy import IStrategy

_OLD_NAMES = {
    "custom_exit": "custom_sell",
    "check_entry_timeout": "check_buy_timeout",
    "check_exit_timeout": "check_sell_timeout",
    "populate_entry_trend": "populate_buy_trend",
    "populate_exit_trend": "populate_sell_trend",
}
CALLBACKS = (
    "adjust_entry_price",
    "adjust_exit_price",
    "adjust_order_price",
    "adjust_trade_position",
    "bot_loop_start",
    "bot_start",
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


def is_overridden(strategy: Any, name: str) -> bool:
    """Return whether the class (or the object's) defines the method, by its present or its old name."""
    names = [name, _OLD_NAMES[name]] if name in _OLD_NAMES else [name]
    return any(_is_own(strategy, one) for one in names)


def old_names_of(strategy: Any) -> dict[str, str]:
    """Return the version 2 methods and settings that a strategy has, each with its present name."""
    methods = {
        old: new
        for new, old in _OLD_NAMES.items()
        if _is_own(strategy, old) and not (new.startswith("populate") and _is_own(strategy, new))
    }
    return methods | {old: new for old, new in SETTINGS.items() if hasattr(strategy, old)}


def overridden_callbacks(strategy: Any) -> frozenset[str]:
    """Return the callbacks that a class or an object defines itself, by their present names."""
    return frozenset(name for name in CALLBACKS if is_overridden(strategy, name))


def takes_after_fill(strategy: Any) -> bool:
    """Return whether the strategy's own `custom_stoploss` wants to be asked after a fill, too."""
    if not is_overridden(strategy, "custom_stoploss"):
        return False
    return "after_fill" in inspect.getfullargspec(strategy.custom_stoploss).args


def _is_own(strategy: Any, name: str) -> bool:
    strategy_class = strategy if isinstance(strategy, type) else type(strategy)
    return getattr(strategy_class, name) is not getattr(IStrategy, name)
