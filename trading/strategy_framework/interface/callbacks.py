"""The callbacks that a strategy may override, each with what it answers when it is not.

Names, arguments and answers are freqtrade's. A callback takes `**kwargs`, because later versions may
hand it more. Ratios are fractions; rates, stakes and amounts are floats. A version 2 name that is
overridden (`custom_sell`, `check_buy_timeout`, `check_sell_timeout`) answers for its present one.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from trading.strategy_framework.trades.order import Order
    from trading.strategy_framework.trades.trade import Trade


# Arguments that a default does not look at are its contract, and freqtrade's order is not ours.
# ruff: noqa: ARG002, PLR0913, PLR0917
class Callbacks:
    """Every callback of a strategy, with its default."""

    def bot_start(self, **kwargs: Any) -> None:
        """Prepare once, before the first candle."""

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Prepare at the start of each candle, for all pairs."""

    def informative_pairs(self) -> list[tuple[str, ...]]:
        """Return further (pair, timeframe[, candle type]) that the strategy reads through `dp`."""
        return []

    def version(self) -> str | None:
        """Return the strategy's own version, if it has one."""
        return None

    def plot_annotations(
        self,
        pair: str,
        start_date: datetime,
        end_date: datetime,
        dataframe: pd.DataFrame,
        **kwargs: Any,
    ) -> list[Any]:
        """Return areas and lines to draw beside the candles."""
        return []

    def custom_stake_amount(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_stake: float,
        min_stake: float | None,
        max_stake: float,
        leverage: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Return the stake of a new trade, in the stake currency."""
        return proposed_stake

    def leverage(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_leverage: float,
        max_leverage: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Return the leverage of a new futures trade, from 1 to `max_leverage`."""
        return 1.0

    def custom_entry_price(
        self,
        pair: str,
        trade: "Trade | None",
        current_time: datetime,
        proposed_rate: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Return the limit price of an entry."""
        return proposed_rate

    def custom_exit_price(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        proposed_rate: float,
        current_profit: float,
        exit_tag: str | None,
        **kwargs: Any,
    ) -> float:
        """Return the limit price of an exit by signal, by `custom_exit`, or of a part."""
        return proposed_rate

    def confirm_trade_entry(
        self,
        pair: str,
        order_type: str,
        amount: float,
        rate: float,
        time_in_force: str,
        current_time: datetime,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> bool:
        """Return whether the entry may be placed."""
        return True

    def confirm_trade_exit(
        self,
        pair: str,
        trade: "Trade",
        order_type: str,
        amount: float,
        rate: float,
        time_in_force: str,
        exit_reason: str,
        current_time: datetime,
        **kwargs: Any,
    ) -> bool:
        """Return whether the exit may be placed."""
        return True

    def order_filled(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> None:
        """Take note of an order that has just been filled."""

    def custom_stoploss(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        after_fill: bool,  # noqa: FBT001  # freqtrade's signature
        **kwargs: Any,
    ) -> float | None:
        """Return the stop as a ratio of the current rate, or nothing to keep it."""
        stop: float = self.stoploss  # type: ignore[attr-defined]  # IStrategy's
        return stop

    def custom_roi(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        trade_duration: int,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float | None:
        """Return the wanted return after `trade_duration` minutes, or nothing for the table's."""
        return None

    def custom_exit(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs: Any,
    ) -> str | bool | None:
        """Return a reason (or True) to close the trade."""
        return self.custom_sell(pair, trade, current_time, current_rate, current_profit, **kwargs)

    def custom_sell(
        self,
        pair: str,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs: Any,
    ) -> str | bool | None:
        """Return a reason to close the trade: the name of `custom_exit` in version 2."""
        return None

    def adjust_trade_position(
        self,
        trade: "Trade",
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        min_stake: float | None,
        max_stake: float,
        current_entry_rate: float,
        current_exit_rate: float,
        current_entry_profit: float,
        current_exit_profit: float,
        **kwargs: Any,
    ) -> float | tuple[float | None, str | None] | None:
        """Return the stake to add (above 0) or to take off (below 0), maybe with a tag."""
        return None
