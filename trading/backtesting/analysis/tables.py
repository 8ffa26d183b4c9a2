"""Tables of a backtest: by pair, entry tag and exit reason, and by month."""

from typing import Literal

import msgspec
import numpy as np
import pandas as pd

from trading.backtesting.analysis.equity import EquityCurve
from trading.backtesting.analysis.freqtrade_figures import booked_drawdown

Key = Literal["pair", "enter_tag", "exit_reason"]


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """The trades that share a pair, a tag or a reason; money in stake currency, ratios as fractions."""

    key: str
    trades: int
    wins: int
    losses: int
    profit_abs: float
    profit_total: float
    profit_mean: float
    profit_factor: float | None
    holding_mean_s: float
    drawdown_abs: float


class MonthRow(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar month, UTC: change of the marked account, and the trades that closed in it."""

    year: int
    month: int
    change: float
    profit_abs: float
    trades: int


def grouped(trades: pd.DataFrame, key: Key, starting_balance: float) -> list[GroupRow]:
    """Return one row for each value of `key`, the best first; a missing tag is the empty text."""
    names = trades[key].fillna("").astype(str)
    rows = [_row(str(name), own, starting_balance) for name, own in trades.groupby(names, sort=True)]
    return sorted(rows, key=lambda row: -row.profit_abs)


def monthly(trades: pd.DataFrame, curve: EquityCurve) -> list[MonthRow]:
    """Return one row for each month of the curve, in order."""
    if not len(curve.times):
        return []
    months = curve.times.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    closed = trades["close_date"].to_numpy(dtype="datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    profits = trades["profit_abs"].to_numpy()
    rows, before = [], curve.starting_balance
    for month in range(int(months[0]), int(months[-1]) + 1):
        seen = int(np.searchsorted(months, month, side="right"))
        equity = float(curve.equity[seen - 1])
        own = closed == month
        rows.append(
            MonthRow(
                year=1970 + month // 12,
                month=month % 12 + 1,
                change=equity / before - 1 if before > 0 else 0.0,
                profit_abs=float(profits[own].sum()),
                trades=int(own.sum()),
            )
        )
        before = equity
    return rows


def _row(key: str, trades: pd.DataFrame, starting_balance: float) -> GroupRow:
    profit = trades["profit_abs"].to_numpy()
    lost = float(profit[profit < 0].sum())
    held = (trades["close_date"] - trades["open_date"]).dt.total_seconds()
    return GroupRow(
        key=key,
        trades=len(trades),
        wins=int((profit > 0).sum()),
        losses=int((profit < 0).sum()),
        profit_abs=float(profit.sum()),
        profit_total=float(profit.sum()) / starting_balance,
        profit_mean=float(trades["profit_ratio"].mean()),
        profit_factor=float(profit[profit > 0].sum()) / -lost if lost else None,
        holding_mean_s=float(held.mean()),
        drawdown_abs=booked_drawdown(trades, starting_balance).absolute,
    )
