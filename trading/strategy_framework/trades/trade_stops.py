"""A trade's stop: how it moves, and the liquidation price beside it."""

from trading.strategy_framework.trades.arithmetic.rounding import price_to_precision
from trading.strategy_framework.trades.trade_profit import TradeProfit


class TradeStops(TradeProfit):
    """Stops move only in the trade's favour, in whole price steps rounded to the safe side."""

    def adjust_min_max_rates(self, current_price: float, current_price_low: float) -> None:
        """Note the highest and lowest price seen."""
        self.max_rate = max(current_price, self.max_rate or self.open_rate)
        self.min_rate = min(current_price_low, self.min_rate or self.open_rate)

    def set_liquidation_price(self, liquidation_price: float | None) -> None:
        """Take over a liquidation price, rounded to price steps; None changes nothing."""
        if liquidation_price is not None:
            self.liquidation_price = price_to_precision(liquidation_price, self.price_precision)

    def _rounded_stop(self, price: float) -> float:
        return price_to_precision(price, self.price_precision, rounding="down" if self.is_short else "up")

    def _stop_at(self, price: float, stoploss: float) -> float:
        """Return the stop `stoploss` away from `price`; fills ask for the newest one again and again."""
        kept = self._stop_kept
        leverage = self.leverage or 1.0
        if (
            kept is not None
            and kept[0] == price
            and kept[1] == stoploss
            and kept[2] == leverage
            and kept[3] == self.price_precision
            and kept[4] is self.is_short
        ):
            return kept[5]
        distance = abs(stoploss / leverage)
        stop = self._rounded_stop(float(price * (1 + distance if self.is_short else 1 - distance)))
        self._stop_kept = (price, stoploss, leverage, self.price_precision, self.is_short, stop)
        return stop

    def _set_stop_loss(self, stop_loss: float, ratio: float) -> None:
        if not self.stop_loss:
            self.initial_stop_loss = stop_loss
        self.stop_loss = stop_loss
        self.stop_loss_pct = -1 * abs(ratio)

    def adjust_stop_loss(
        self,
        current_price: float,
        stoploss: float | None,
        initial: bool = False,  # noqa: FBT001, FBT002 (freqtrade's)
        allow_refresh: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Move the stop to `stoploss` (a fraction, leverage included) away from `current_price`.

        Against the trade it moves only with `allow_refresh`; `initial` does nothing once a stop is set.
        """
        if stoploss is None or (initial and self.stop_loss):
            return
        stop = self._stop_at(current_price, stoploss)
        if self.initial_stop_loss_pct is None:
            self._set_stop_loss(stop, stoploss)
            self.initial_stop_loss = self._rounded_stop(stop)
            self.initial_stop_loss_pct = -1 * abs(stoploss)
            return
        better = stop < self.stop_loss if self.is_short else stop > self.stop_loss
        if better or allow_refresh:
            if not allow_refresh:
                self.is_stop_loss_trailing = True
            self._set_stop_loss(stop, stoploss)

    def reset_stop_loss(self, stoploss: float) -> None:
        """Start anew from a stop of `stoploss` (a fraction) below the open rate."""
        self.stop_loss = 0.0
        self.initial_stop_loss_pct = None
        self.adjust_stop_loss(self.open_rate, stoploss)
