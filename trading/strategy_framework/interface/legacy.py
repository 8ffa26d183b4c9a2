"""Version 2 names, read as what they are called now. Most public strategies still use them.

Two kinds: settings (`use_sell_signal`, `order_types["buy"]`) and columns (`buy`, `sell`, `buy_tag`).
Old methods need nothing here: the present method's default calls them (see `callbacks`).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

SETTINGS = {
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
}
_ORDER_TYPES = {
    "buy": "entry",
    "sell": "exit",
    "emergencysell": "emergency_exit",
    "forcesell": "force_exit",
    "forcebuy": "force_entry",
    "emergencyexit": "emergency_exit",
    "forceexit": "force_exit",
    "forceentry": "force_entry",
}
_SIDES = {"buy": "entry", "sell": "exit"}
TABLES: Mapping[str, Mapping[str, str]] = {
    "order_types": _ORDER_TYPES,
    "order_time_in_force": _SIDES,
    "unfilledtimeout": _SIDES,
}


def rename_timeframe(strategy_class: type) -> None:
    """Let `ticker_interval` stand for `timeframe` where a class has no timeframe."""
    if getattr(strategy_class, "timeframe", None) is None and hasattr(strategy_class, "ticker_interval"):
        setattr(strategy_class, "timeframe", strategy_class.ticker_interval)  # noqa: B010  # no such attribute


def rename_settings(strategy: Any) -> None:
    """Give every old-named setting of a strategy object its present name; the old one wins."""
    for old, new in SETTINGS.items():
        if hasattr(strategy, old):
            setattr(strategy, new, getattr(strategy, old))


def renamed_tables(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings whose tables had old keys (`buy`, `sell`), with present ones.

    An old key wins over a present one beside it, as in freqtrade.
    """
    changed: dict[str, Any] = {}
    for name, keys in TABLES.items():
        table = settings.get(name) or {}
        if any(key in table for key in keys):
            kept = {key: value for key, value in table.items() if key not in keys}
            changed[name] = kept | {keys[key]: table[key] for key in keys if key in table}
    return changed


def rename_entry_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with present entry columns, where it has no `enter_long` yet."""
    if "enter_long" in frame.columns:
        return frame
    return frame.rename(columns={"buy": "enter_long", "buy_tag": "enter_tag"})


def rename_exit_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with present exit columns, where it has no `exit_long` yet."""
    return frame if "exit_long" in frame.columns else frame.rename(columns={"sell": "exit_long"})
