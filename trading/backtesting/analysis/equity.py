"""The account's worth at every candle's close, open positions marked to the market.

The work grows with candles plus orders, not with their product: orders become steps in the position
and the cash of a pair, and the steps are carried along the candles.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from trading.backtesting.analysis.trade_table import rows_of
from trading.backtesting.candles.pair import dates_ns

Floats = npt.NDArray[np.float64]
Instants = npt.NDArray[np.int64]

NS_PER_DAY = 86_400 * 10**9


class EquityCurve(msgspec.Struct, frozen=True):
    """The account over time: `times` (ns, UTC, open of a candle), `equity` at that candle's close.

    Without candles there is one point per close of a trade, and open positions are not marked.
    """

    times: Instants
    equity: Floats
    starting_balance: float

    def drawdown(self) -> Floats:
        """Return the fall from the peak so far at each point, as a fraction, at most 0."""
        peak = np.maximum.accumulate(np.maximum(self.equity, self.starting_balance))
        fall: Floats = self.equity / peak - 1
        return fall

    def daily_returns(self) -> Floats:
        """Return the fractional change of each UTC day, the first against the starting balance."""
        if not len(self.times):
            return np.empty(0)
        days = self.times // NS_PER_DAY
        present = np.flatnonzero(np.diff(days, append=days[-1] + 1))
        span = np.arange(days[0], days[-1] + 1)
        closing = self.equity[present][np.searchsorted(days[present], span, side="right") - 1]
        before = np.concatenate([[self.starting_balance], closing[:-1]])
        with np.errstate(divide="ignore", invalid="ignore"):
            change: Floats = np.where(before > 0, closing / before - 1, 0.0)
        return change


def equity_curve(
    trades: pd.DataFrame,
    *,
    starting_balance: float,
    start: datetime,
    end: datetime,
    candles: Mapping[str, pd.DataFrame] | None = None,
) -> EquityCurve:
    """Follow the account from `start` to `end`, both inclusive, as candles' open times.

    `trades` is a `trade_table`. `candles` (columns `date`, `close`) give the grid and the marks.
    """
    first, last = pd.Timestamp(start).value, pd.Timestamp(end).value
    if not candles:
        return _booked_curve(trades, starting_balance, first, last)
    closes = {pair: _closes(frame, first, last) for pair, frame in candles.items()}
    grid = np.unique(np.concatenate([times for times, _ in closes.values()]))
    equity = np.full(len(grid), float(starting_balance))
    for pair, own in trades.groupby("pair"):
        if pair in closes:
            equity += _profit_of_pair(own, grid, *closes[str(pair)])
    return EquityCurve(grid, equity, starting_balance)


def hold_curve(
    candles: Mapping[str, pd.DataFrame],
    *,
    starting_balance: float,
    start: datetime,
    end: datetime,
    fee: float,
) -> EquityCurve:
    """Follow buy-and-hold: the balance split evenly over the pairs, bought at their first open.

    `fee` is paid on the purchase only; the rest of a pair that starts later waits as cash.
    """
    first, last = pd.Timestamp(start).value, pd.Timestamp(end).value
    closes = {pair: _closes(frame, first, last) for pair, frame in candles.items()}
    closes = {pair: own for pair, own in closes.items() if len(own[0])}
    grid = np.unique(np.concatenate([times for times, _ in closes.values()] or [np.empty(0, np.int64)]))
    equity = np.zeros(len(grid))
    share = starting_balance / max(len(closes), 1)
    for pair, (times, prices) in closes.items():
        frame = candles[pair]
        bought_at = float(frame["open"].to_numpy()[dates_ns(frame["date"]) >= first][0])
        amount = share / (bought_at * (1 + fee))
        place = np.searchsorted(times, grid, side="right") - 1
        equity += np.where(place >= 0, amount * prices[np.maximum(place, 0)], share)
    return EquityCurve(grid, equity, starting_balance)


def _booked_curve(trades: pd.DataFrame, starting_balance: float, first: int, last: int) -> EquityCurve:
    ordered = trades.sort_values("close_date", kind="stable")
    times = np.concatenate([[first], dates_ns(ordered["close_date"]), [last]])
    steps = np.concatenate([[0.0], ordered["profit_abs"].to_numpy(), [0.0]])
    return EquityCurve(np.maximum.accumulate(times), starting_balance + np.cumsum(steps), starting_balance)


def _profit_of_pair(trades: pd.DataFrame, grid: Instants, times: Instants, prices: Floats) -> Floats:
    """Return booked and open profit of one pair at each point of the grid."""
    when, sizes, cash = _flows(trades)
    order = np.argsort(when, kind="stable")
    # What happens while a candle is open is known at its close.
    until = np.concatenate([grid[1:], [np.iinfo(np.int64).max]])
    known = np.searchsorted(when[order], until, side="left")
    size = np.concatenate([[0.0], np.cumsum(sizes[order])])[known]
    booked = np.concatenate([[0.0], np.cumsum(cash[order])])[known]
    # Sums of sizes leave dust behind, which is no position.
    size[np.abs(size) < 1e-9 * np.abs(sizes).max()] = 0.0
    price = prices[np.maximum(np.searchsorted(times, grid, side="right") - 1, 0)]
    fee = float(trades["fee_close"].to_numpy().mean())
    profit: Floats = booked + size * price * np.where(size > 0, 1 - fee, 1 + fee)
    return profit


def _flows(trades: pd.DataFrame) -> tuple[Instants, Floats, Floats]:
    """Return time, signed size and cash of every filled order; a trade's cash adds up to its profit."""
    when: list[int] = []
    sizes: list[float] = []
    cash: list[float] = []
    for trade in rows_of(trades):
        sign = -1.0 if trade.is_short else 1.0
        first = len(sizes)
        for moment, amount, price, is_entry in _fills(trade):
            step = sign * amount * (1 if is_entry else -1)
            when.append(moment)
            sizes.append(step)
            cash.append(-step * price - amount * price * (trade.fee_open if is_entry else trade.fee_close))
        # Funding and the account's exact decimals are only in the profit; a closed trade holds nothing.
        cash[-1] += trade.profit_abs - sum(cash[first:])
        sizes[-1] -= sum(sizes[first:])
    return np.array(when, np.int64), np.array(sizes), np.array(cash)


def _fills(trade: Any) -> list[tuple[int, float, float, bool]]:
    """Return (ns, amount, price, is entry) of a trade's filled orders, in order; two where it keeps none."""
    filled = [order for order in map(_filled, trade.orders) if order is not None]
    if len({is_entry for *_, is_entry in filled}) == 2:
        return sorted(filled, key=lambda fill: fill[0])
    return [
        (trade.open_date.value, trade.amount, trade.open_rate, True),
        (trade.close_date.value, trade.amount, trade.close_rate, False),
    ]


def _filled(order: Any) -> tuple[int, float, float, bool] | None:
    moment, amount, price, is_entry = [
        order.get(name) if isinstance(order, Mapping) else getattr(order, name, None)
        for name in ("order_filled_timestamp", "amount", "safe_price", "ft_is_entry")
    ]
    if not moment or not amount or not price:
        return None
    return int(moment) * 10**6, float(amount), float(price), bool(is_entry)


def _closes(frame: pd.DataFrame, first: int, last: int) -> tuple[Instants, Floats]:
    times = dates_ns(frame["date"])
    inside = slice(int(np.searchsorted(times, first)), int(np.searchsorted(times, last, side="right")))
    return times[inside], frame["close"].to_numpy(dtype=np.float64)[inside]
