"""Version 2 names of the interface, renamed when a class is loaded and when a frame comes back.

Most public strategies still use them: `populate_buy_trend`, `buy`, `sell`, `ticker_interval`.
"""

import pandas as pd

from trading.strategy_framework.interface import IStrategy

ATTRIBUTES = {
    "populate_buy_trend": "populate_entry_trend",
    "populate_sell_trend": "populate_exit_trend",
    "ticker_interval": "timeframe",
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
    "custom_sell": "custom_exit",
    "check_buy_timeout": "check_entry_timeout",
    "check_sell_timeout": "check_exit_timeout",
}
COLUMNS = {"buy": "enter_long", "sell": "exit_long", "buy_tag": "enter_tag", "sell_tag": "exit_tag"}


def rename_attributes(strategy_class: type[IStrategy]) -> None:
    """Give every old-named attribute of the class its present name; a present name wins."""
    for old, new in ATTRIBUTES.items():
        for owner in strategy_class.__mro__:
            if owner is IStrategy or new in vars(owner):
                break
            if old in vars(owner):
                setattr(strategy_class, new, vars(owner)[old])
                break


def rename_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with present column names; a present column wins over an old one."""
    present = {old: new for old, new in COLUMNS.items() if old in frame and new not in frame}
    return frame.rename(columns=present) if present else frame
