"""Buy in rungs on the way down and sell them on the way up: a grid, kept as one position with additions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import pandas as pd
from freqtrade.strategy import IStrategy, Trade

RUNGS = 5
SPACING = 0.01
"""The distance of two rungs, as a fraction of the first one's price."""


class Grid(IStrategy):
    """Buy the first of five rungs at once, one more for each percent that the price falls below it.

    A rung is sold when the price is one percent above it, down to the first; that one is sold, with
    all that is held, when the whole position has earned 1.2 % after fees. Then the grid begins anew
    at the next candle. Each rung is a fifth of the stake of a trade. It forecasts nothing, so it
    enters in every market.

    It loses in a fall that goes on: below the fifth rung nothing is left to buy with, the position
    is at its largest, and the stop sells it 8 % under the average price. One such stop eats about
    fifty rungs that were sold with profit. In a rise it earns less than holding.
    """

    INTERFACE_VERSION = 3
    timeframe = "1m"
    stoploss = -0.08
    minimal_roi: ClassVar[Mapping[str, float]] = {"0": 0.012}
    position_adjustment_enable = True

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add nothing: the grid needs no indicator."""
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter on every candle: the position decides, not the market."""
        dataframe.loc[:, "enter_long"] = 1
        dataframe.loc[:, "enter_tag"] = "first_rung"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Leave the exits to the profit target, the rungs and the stop."""
        dataframe["exit_long"] = 0
        return dataframe

    def custom_stake_amount(
        self, pair: str, current_time: datetime, proposed_stake: float, min_stake: float | None, **kwargs: Any
    ) -> float:
        """Keep the money for the other rungs."""
        return max(proposed_stake / RUNGS, min_stake or 0.0)

    def adjust_trade_position(
        self, trade: Trade, current_time: datetime, current_rate: float, **kwargs: Any
    ) -> tuple[float, str] | None:
        """Buy the next rung below, or sell the lowest one that is held."""
        entries = trade.select_filled_orders(trade.entry_side)
        if trade.has_open_orders or not entries:
            return None
        held = len(entries) - trade.nr_of_successful_exits
        first = entries[0]
        if held < RUNGS and current_rate <= first.safe_price * (1 - SPACING * held):
            return first.stake_amount_filled, f"rung_{held + 1}"
        if held > 1 and current_rate >= first.safe_price * (1 - SPACING * (held - 2)):
            return -trade.stake_amount / held, f"rung_{held}_sold"
        return None
