"""MaxDrawdown: no new trades for a while after the account fell too far from its top."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.errors import BadTerms
from trading.strategy_framework.trades.protections.base import Protection, Stop
from trading.strategy_framework.trades.trade import Trade


class MaxDrawdown(Protection):
    """Locks every pair when the recent trades' drawdown exceeds `max_allowed_drawdown`.

    `calculation_mode` is `ratios` (the trades' profit fractions added up) or `equity` (a fraction of
    the account at its top).
    """

    locks_all: ClassVar[bool] = True

    def __init__(self, settings: Mapping[str, Any], timeframe_minutes: int, book: TradeBook) -> None:
        super().__init__(settings, timeframe_minutes, book)
        self._trade_limit = settings.get("trade_limit", 1)
        self._allowed = settings.get("max_allowed_drawdown", 0.0)
        self._mode = settings.get("calculation_mode", "ratios")
        if self._mode not in ("ratios", "equity"):
            raise BadTerms("protections.MaxDrawdown.calculation_mode", self._mode, "must be ratios or equity")

    def stop_all(self, now: datetime, side: str, starting_balance: float) -> Stop | None:  # noqa: ARG002
        """Lock every pair after too deep a fall."""
        trades = self.recent(now)
        if not trades or len(trades) < self._trade_limit:
            return None
        if self._mode == "equity":
            since = now - timedelta(minutes=self.lookback_minutes)
            drawdown = _of_equity(trades, starting_balance + self._earned_until(since))
        else:
            drawdown = _of_ratios(trades)
        if not drawdown > self._allowed:
            return None
        reason = f"{drawdown} passed {self._allowed} in {self.lookback_text}, locking {self.duration_text}."
        return Stop(self.lock_end(trades), reason)

    def _earned_until(self, moment: datetime) -> float:
        return sum(
            [
                trade.close_profit_abs or 0.0
                for trade in self.book.closed_trades
                if (closed := trade.close_date_utc) and closed <= moment
            ]
        )


def _by_close(trades: Sequence[Trade], values: Sequence[float | None]) -> NDArray[np.float64]:
    # freqtrade sorts with pandas' default, which is not stable: trades of one time may change places.
    dates = np.array([trade.close_date_utc.replace(tzinfo=None) for trade in trades if trade.close_date_utc])
    order = dates.astype("datetime64[us]").argsort(kind="quicksort")
    return np.array(values, dtype=np.float64)[order]


def _curve(profits: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the summed profits and their highest value so far, both starting at zero."""
    summed = np.cumsum(profits)
    top = np.maximum(0, np.maximum.accumulate(summed))
    return np.insert(summed, 0, 0.0), np.insert(top, 0, 0.0)


def _of_ratios(trades: Sequence[Trade]) -> float:
    summed, top = _curve(_by_close(trades, [trade.close_profit for trade in trades]))
    return float(abs((summed - top).min()))


def _of_equity(trades: Sequence[Trade], balance: float) -> float:
    summed, top = _curve(_by_close(trades, [trade.close_profit_abs for trade in trades]))
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = ((balance + top) - (balance + summed)) if balance else top - summed
        drawdown = fall / (balance + top)
    drawdown[0] = 0.0
    return float(np.nanmax(drawdown))
