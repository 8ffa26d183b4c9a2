"""The callbacks about orders that are not filled yet: their price, and how long they may wait."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trading.strategy_framework.trades.order import Order
    from trading.strategy_framework.trades.trade import Trade


# Arguments that a default does not look at are its contract, and freqtrade's order is not ours.
# ruff: noqa: ARG002, PLR0913, PLR0917
class OrderCallbacks:
    """What becomes of an order that waits. An adjusted price of nothing cancels the order."""

    def check_entry_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        """Return whether the waiting entry is to be cancelled."""
        return self.check_buy_timeout(pair=pair, trade=trade, order=order, current_time=current_time)

    def check_buy_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        """Return whether the waiting entry is to be cancelled: the name of version 2."""
        return False

    def check_exit_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        """Return whether the waiting exit is to be cancelled."""
        return self.check_sell_timeout(pair=pair, trade=trade, order=order, current_time=current_time)

    def check_sell_timeout(
        self, pair: str, trade: "Trade", order: "Order", current_time: datetime, **kwargs: Any
    ) -> bool:
        """Return whether the waiting exit is to be cancelled: the name of version 2."""
        return False

    def adjust_entry_price(
        self,
        trade: "Trade",
        order: "Order | None",
        pair: str,
        current_time: datetime,
        proposed_rate: float,
        current_order_rate: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float | None:
        """Return the new limit price of a waiting entry."""
        return current_order_rate

    def adjust_exit_price(
        self,
        trade: "Trade",
        order: "Order | None",
        pair: str,
        current_time: datetime,
        proposed_rate: float,
        current_order_rate: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float | None:
        """Return the new limit price of a waiting exit."""
        return current_order_rate

    def adjust_order_price(
        self,
        trade: "Trade",
        order: "Order | None",
        pair: str,
        current_time: datetime,
        proposed_rate: float,
        current_order_rate: float,
        entry_tag: str | None,
        side: str,
        is_entry: bool,  # noqa: FBT001  # freqtrade's signature
        **kwargs: Any,
    ) -> float | None:
        """Return the new limit price of a waiting order; asks the entry's or the exit's own callback."""
        adjust = self.adjust_entry_price if is_entry else self.adjust_exit_price
        return adjust(
            trade=trade,
            order=order,
            pair=pair,
            current_time=current_time,
            proposed_rate=proposed_rate,
            current_order_rate=current_order_rate,
            entry_tag=entry_tag,
            side=side,
            **kwargs,
        )
