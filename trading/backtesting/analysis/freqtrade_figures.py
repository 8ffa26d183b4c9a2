"""The figures that freqtrade prints, by its definitions, so that users can compare digit for digit.

Facts from freqtrade 2026.9 as a black box. Its ratios are annualised per-trade figures, not daily
ones, so they differ from those of `ratios`: with r the profit of a trade over the STARTING balance,
d the whole days of the range (at least 1) and the standard deviation that of the population,

    sharpe  = (sum r / d) / std(r)                       · √365
    sortino = (sum r / d) / std(r of the losing trades)  · √365
    calmar  = (100 · sum r / d) / drawdown of the account · √365

A ratio whose divisor is 0 or undefined is -100, and 0 without trades. Drawdown is that of the
profits booked at each close; what a position loses while it is open is not in it.
"""

import math
from datetime import datetime

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

UNDEFINED_RATIO = -100.0

Floats = npt.NDArray[np.float64]


class BookedDrawdown(msgspec.Struct, frozen=True, kw_only=True):
    """The deepest fall of the booked profits from their peak.

    `absolute` in stake currency; `account` the same fall as a fraction of the peak balance;
    `relative_max` the largest such fraction, which may be another fall. `started`, `ended` are the
    close dates of the trades at the peak and at the low.
    """

    absolute: float = 0.0
    account: float = 0.0
    relative_max: float = 0.0
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def duration_s(self) -> float:
        """Seconds from the peak to the low."""
        if self.started is None or self.ended is None:
            return 0.0
        return (self.ended - self.started).total_seconds()


class FreqtradeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one set of trades, named and defined as in freqtrade's report."""

    trades: int
    wins: int
    draws: int
    losses: int
    winrate: float
    profit_mean: float
    profit_total: float
    profit_total_abs: float
    profit_factor: float
    expectancy: float
    expectancy_ratio: float
    sqn: float
    sharpe: float
    sortino: float
    calmar: float
    cagr: float
    max_drawdown_abs: float
    max_drawdown_account: float
    max_relative_drawdown: float
    drawdown_duration_s: float


def freqtrade_figures(
    trades: pd.DataFrame,
    *,
    starting_balance: float,
    start: datetime,
    end: datetime,
    final_balance: float | None = None,
) -> FreqtradeFigures:
    """Compute the figures of a `trade_table`; `start` and `end` are the first and last candle's dates.

    `final_balance` is the account's, and the starting balance plus all profits where left out.
    """
    profit = trades["profit_abs"].to_numpy()
    won, lost = profit[profit > 0], profit[profit < 0]
    total = float(profit.sum())
    drawdown = booked_drawdown(trades, starting_balance)
    days = (end - start).days
    final = starting_balance + total if final_balance is None else final_balance
    losing = float(lost.sum())
    return FreqtradeFigures(
        trades=len(profit),
        wins=len(won),
        draws=int((profit == 0).sum()),
        losses=len(lost),
        winrate=len(won) / len(profit) if len(profit) else 0.0,
        profit_mean=float(trades["profit_ratio"].to_numpy().mean()) if len(profit) else 0.0,
        profit_total=total / starting_balance,
        profit_total_abs=total,
        profit_factor=float(won.sum()) / abs(losing) if losing else 0.0,
        expectancy=_expectancy(won, lost, len(profit)),
        expectancy_ratio=_expectancy_ratio(won, lost, len(profit)),
        sqn=_sqn(profit / starting_balance),
        **_ratios(profit / starting_balance, total / starting_balance, drawdown.account, start, end),
        cagr=_cagr(days or 1, starting_balance, final),
        max_drawdown_abs=drawdown.absolute,
        max_drawdown_account=drawdown.account,
        max_relative_drawdown=drawdown.relative_max,
        drawdown_duration_s=drawdown.duration_s,
    )


def booked_drawdown(trades: pd.DataFrame, starting_balance: float) -> BookedDrawdown:
    """Return the drawdown of the profits in order of their close dates; all zero without trades."""
    if trades.empty:
        return BookedDrawdown()
    # Trades that close together are ordered as pandas' default sort leaves them: that decides the peak.
    ordered = trades[["close_date", "profit_abs"]].sort_values("close_date")
    booked = np.concatenate([[0.0], np.cumsum(ordered["profit_abs"].to_numpy())])
    peak = np.maximum.accumulate(booked)
    fall = booked - peak
    fraction = ((starting_balance + peak) - (starting_balance + booked)) / (starting_balance + peak)
    low = int(fall.argmin())
    top = int(peak[: low + 1].argmax())
    dates = ordered["close_date"]
    return BookedDrawdown(
        absolute=abs(float(fall[low])),
        account=float(fraction[low]),
        relative_max=float(fraction[int(fraction.argmax())]),
        started=dates.iloc[max(top - 1, 0)].to_pydatetime(),
        ended=dates.iloc[max(low - 1, 0)].to_pydatetime(),
    )


def _expectancy(won: Floats, lost: Floats, count: int) -> float:
    if not count:
        return 0.0
    average_win, average_loss = _averages(won, lost)
    return len(won) / count * average_win - len(lost) / count * average_loss


def _expectancy_ratio(won: Floats, lost: Floats, count: int) -> float:
    average_win, average_loss = _averages(won, lost)
    if not average_loss > 0:
        return 100.0
    return (1 + average_win / average_loss) * (len(won) / count) - 1


def _averages(won: Floats, lost: Floats) -> tuple[float, float]:
    average_win = float(won.sum()) / len(won) if len(won) else 0.0
    average_loss = abs(float(lost.sum())) / len(lost) if len(lost) else 0.0
    return average_win, average_loss


def _sqn(returns: Floats) -> float:
    if not len(returns):
        return 0.0
    spread = float(returns.std(ddof=1)) if len(returns) > 1 else 0.0
    sqn = math.sqrt(len(returns)) * (float(returns.mean()) / spread) if spread else UNDEFINED_RATIO
    return round(sqn, 4)


def _ratios(
    returns: Floats, total: float, drawdown_account: float, start: datetime, end: datetime
) -> dict[str, float]:
    if not len(returns) or start == end:
        return {"sharpe": 0.0, "sortino": 0.0, "calmar": 0.0}
    days = max(1, (end - start).days)
    per_day = float(returns.sum()) / days
    losing = returns[returns < 0]
    return {
        "sharpe": _annualised(per_day, float(returns.std())),
        "sortino": _annualised(per_day, float(losing.std()) if len(losing) else 0.0),
        "calmar": _annualised(total / days * 100, drawdown_account),
    }


def _annualised(mean: float, divisor: float) -> float:
    return mean / divisor * math.sqrt(365) if divisor else UNDEFINED_RATIO


def _cagr(days: int, starting_balance: float, final_balance: float) -> float:
    if final_balance < 0 or starting_balance <= 0 or days <= 0:
        return 0.0
    try:
        return float((final_balance / starting_balance) ** (1 / (days / 365)) - 1)
    except OverflowError:
        return 0.0
