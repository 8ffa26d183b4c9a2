"""How much of the time and of the capital a strategy used, and how much it traded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from trading.backtesting.analysis.equity import EquityCurve, Instants
from trading.backtesting.analysis.trade_table import rows_of
from trading.backtesting.candles.pair import dates_ns

NS_PER_YEAR = 365 * 86_400 * 10**9


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Exposure and turnover; `performance` says how each is defined. `turnover` is in stake currency."""

    exposure: float
    capital_in_use: float
    turnover: float
    turnover_per_year: float | None
    trades_per_day: float | None
    holding_mean_s: float | None
    open_trades_max: int


def usage(trades: pd.DataFrame, curve: EquityCurve, *, start: datetime, end: datetime) -> Usage:
    """Measure a `trade_table` over the range from `start` to `end`."""
    span = pd.Timestamp(end).value - pd.Timestamp(start).value
    turnover = float(sum(_traded_value(trade) for trade in rows_of(trades)))
    if trades.empty or span <= 0:
        return Usage(
            exposure=0.0,
            capital_in_use=0.0,
            turnover=turnover,
            turnover_per_year=None,
            trades_per_day=None,
            holding_mean_s=None,
            open_trades_max=len(trades),
        )
    opened, closed = dates_ns(trades["open_date"]), dates_ns(trades["close_date"])
    tied = float((trades["stake_amount"].to_numpy() * (closed - opened)).sum())
    exposure, most = _overlap(opened, closed)
    return Usage(
        exposure=exposure / span,
        capital_in_use=tied / span / curve.starting_balance,
        turnover=turnover,
        turnover_per_year=turnover / float(curve.equity.mean()) * NS_PER_YEAR / span,
        trades_per_day=len(trades) * NS_PER_YEAR / 365 / span,
        holding_mean_s=float((closed - opened).mean()) / 1e9,
        open_trades_max=most,
    )


def _overlap(opened: Instants, closed: Instants) -> tuple[int, int]:
    """Return the ns during which at least one trade was open, and the most that were open at once."""
    moments = np.concatenate([opened, closed])
    steps = np.concatenate([np.ones(len(opened), int), -np.ones(len(closed), int)])
    # At one moment closings come first: a trade that ends where another begins does not overlap it.
    order = np.lexsort((steps, moments))
    open_now = np.cumsum(steps[order])
    lasting = np.diff(moments[order], append=moments[order][-1])
    return int(lasting[open_now > 0].sum()), max(int(open_now.max()), 1)


def _traded_value(trade: Any) -> float:
    """Return the value of a trade's filled orders, or of its entry and exit where it keeps none."""
    costs = [_cost(order) for order in trade.orders]
    if costs and all(cost is not None for cost in costs):
        return sum(cost for cost in costs if cost is not None)
    return float(trade.amount * (trade.open_rate + trade.close_rate))


def _cost(order: Any) -> float | None:
    cost = order.get("cost") if isinstance(order, Mapping) else getattr(order, "cost", None)
    return None if cost is None else float(cost)
