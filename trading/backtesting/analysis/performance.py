"""How a strategy did, by definitions that are written down, with what chance alone would explain.

All ratios here come from the daily returns r of the marked account (`equity`), N days, 365 a year:

- Sharpe = mean(r) / std(r, N - 1) · √365; no risk-free rate.
- Sortino = mean(r) / √(mean(min(r, 0)²)) · √365: the divisor counts every day, gains as 0.
- CAGR = (final / starting) ^ (365 / days) - 1.
- Calmar = CAGR / deepest drawdown of the marked account.
- drawdown duration: the longest time from a peak until it is reached again, or until the end.
- exposure: the share of the range's time during which at least one position was open.
- capital in use: stakes tied up, weighted by time, over the starting balance.
- turnover: value of all filled orders; a year's worth of it over the mean equity is `turnover_per_year`.

A figure that is not defined (too few days, no losing day) is None, never a large number.
"""

import math
from collections.abc import Mapping
from datetime import datetime

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from trading.backtesting.analysis.bootstrap import Interval, annual_sharpe, block_bootstrap, mean
from trading.backtesting.analysis.deflated_sharpe import DeflatedSharpe, deflated_sharpe
from trading.backtesting.analysis.equity import EquityCurve, equity_curve, hold_curve
from trading.backtesting.analysis.freqtrade_figures import FreqtradeFigures, freqtrade_figures
from trading.backtesting.analysis.tables import GroupRow, MonthRow, grouped, monthly
from trading.backtesting.analysis.usage import Usage, usage

Floats = npt.NDArray[np.float64]

NS_PER_S = 10**9
DAYS_MIN = 2


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """How much luck had room: what was tried before this result was chosen.

    `trials` counts the variants, `trial_variance` is that of their daily Sharpe ratios where known.
    `seed` fixes the bootstrap's draws.
    """

    trials: int = 1
    trial_variance: float | None = None
    seed: int = 0


ONE_TRIAL = Chance()


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """Return against risk of a curve; the definitions are in the module's docstring.

    Ratios as fractions, `drawdown_max` at least 0, durations in seconds.
    """

    total_return: float
    cagr: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    volatility: float | None
    drawdown_max: float
    drawdown_duration_s: float
    days: int


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one backtest. `hold` is buy-and-hold of the same pairs over the same range."""

    figures: FreqtradeFigures
    risk: Risk
    hold: Risk | None
    usage: Usage
    sharpe_interval: Interval | None
    profit_mean_interval: Interval | None
    deflated: DeflatedSharpe | None
    per_pair: list[GroupRow]
    per_enter_tag: list[GroupRow]
    per_exit_reason: list[GroupRow]
    months: list[MonthRow]


def measure(
    trades: pd.DataFrame,
    *,
    starting_balance: float,
    start: datetime,
    end: datetime,
    final_balance: float | None = None,
    candles: Mapping[str, pd.DataFrame] | None = None,
    chance: Chance = ONE_TRIAL,
) -> Performance:
    """Compute every figure of a `trade_table` between the first and the last candle's open times.

    `final_balance` is the account's own figure, exact where a sum of profits has rounding dust; only
    freqtrade's CAGR shows the difference. `candles` mark open positions and give buy-and-hold; without
    them neither is known.
    """
    curve = equity_curve(trades, starting_balance=starting_balance, start=start, end=end, candles=candles)
    returns = curve.daily_returns()
    fee = float(trades["fee_open"].mean()) if len(trades) else 0.0
    hold = (
        hold_curve(candles, starting_balance=starting_balance, start=start, end=end, fee=fee)
        if candles
        else None
    )
    by_close = trades.sort_values("close_date", kind="stable")
    profits = by_close["profit_ratio"].to_numpy()
    return Performance(
        figures=freqtrade_figures(
            trades, starting_balance=starting_balance, final_balance=final_balance, start=start, end=end
        ),
        risk=risk_of(curve),
        hold=risk_of(hold) if hold is not None and len(hold.times) else None,
        usage=usage(trades, curve, start=start, end=end),
        sharpe_interval=block_bootstrap(returns, annual_sharpe, seed=chance.seed),
        profit_mean_interval=block_bootstrap(profits, mean, seed=chance.seed),
        deflated=deflated_sharpe(returns, trials=chance.trials, variance=chance.trial_variance),
        per_pair=grouped(trades, "pair", starting_balance),
        per_enter_tag=grouped(trades, "enter_tag", starting_balance),
        per_exit_reason=grouped(trades, "exit_reason", starting_balance),
        months=monthly(trades, curve),
    )


def risk_of(curve: EquityCurve) -> Risk:
    """Return the ratios of a curve."""
    returns = curve.daily_returns()
    deepest = float(-curve.drawdown().min()) if len(curve.times) else 0.0
    total = float(curve.equity[-1]) / curve.starting_balance - 1 if len(curve.equity) else 0.0
    cagr = _cagr(total, len(returns))
    spread = float(returns.std(ddof=1)) if len(returns) >= DAYS_MIN else 0.0
    downside = math.sqrt(float((np.minimum(returns, 0) ** 2).mean())) if len(returns) >= DAYS_MIN else 0.0
    return Risk(
        total_return=total,
        cagr=cagr,
        sharpe=_annualised(returns, spread),
        sortino=_annualised(returns, downside),
        calmar=cagr / deepest if cagr is not None and deepest > 0 else None,
        volatility=spread * math.sqrt(365) if spread > 0 else None,
        drawdown_max=deepest,
        drawdown_duration_s=_longest_under_water_s(curve),
        days=len(returns),
    )


def _annualised(returns: Floats, divisor: float) -> float | None:
    return float(returns.mean()) / divisor * math.sqrt(365) if divisor > 0 else None


def _cagr(total_return: float, days: int) -> float | None:
    if days < DAYS_MIN or total_return <= -1:
        return None
    try:
        return float((1 + total_return) ** (365 / days) - 1)
    except OverflowError:
        return None


def _longest_under_water_s(curve: EquityCurve) -> float:
    if not len(curve.times):
        return 0.0
    at_peak = curve.drawdown() >= 0
    at_peak[0] = True
    peaks = curve.times[at_peak]
    # From each peak to the next one; two neighbouring points at their peak were never under water.
    gaps = np.diff(np.concatenate([peaks, curve.times[-1:]]))
    under_water = np.diff(np.concatenate([np.flatnonzero(at_peak), [len(at_peak)]])) > 1
    return float(gaps[under_water].max(initial=0)) / NS_PER_S
