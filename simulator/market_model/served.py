"""The bar of a minute that was sent otherwise than the tape says, kept trade by trade."""

from simulator.market_model.tape import Print

SERVED_MAX = 2880
"""Minutes that are kept; an older one falls back to the tape."""


class ServedMinute:
    """Open, high, low, close and volumes of one minute so far."""

    def __init__(self, minute: int, notional_step: float) -> None:
        self._minute = minute
        self._notional_step = notional_step
        self.trade_count = 0
        self._open = self._high = self._low = self._close = self._first_id = 0
        self._volume = self._buy_volume = 0
        self._quote = self._buy_quote = 0.0

    def add(self, trade: Print) -> None:
        """Take one trade."""
        price, size = trade.price, trade.size
        if not self.trade_count:
            self._open = self._high = self._low = price
            self._first_id = trade.trade_id
        self.trade_count += 1
        self._high, self._low, self._close = max(self._high, price), min(self._low, price), price
        notional = price * size * self._notional_step
        self._volume += size
        self._quote += notional
        if trade.is_buy:
            self._buy_volume += size
            self._buy_quote += notional

    def row(self) -> tuple[float, ...]:
        """Return the bar in the order of `Candles`."""
        return (
            self._minute,
            self._open,
            self._high,
            self._low,
            self._close,
            self._volume,
            self.trade_count,
            self._buy_volume,
            self._quote,
            self._buy_quote,
            self._first_id,
        )
