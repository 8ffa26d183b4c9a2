"""What is minimised, by name. freqtrade's names of the same losses work too."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from trading.backtesting.analysis import EquityCurve, Risk, equity_curve, risk_of, trade_table
from trading.backtesting.analysis.freqtrade_figures import FreqtradeFigures, freqtrade_figures
from trading.backtesting.optimize.errors import BadSpace
from trading.backtesting.result import BacktestResult

NO_RESULT = 1000.0
"""The loss of a candidate with too few trades, plus one for each that is missing."""

NO_LOSS = 100.0
"""The profit factor of a run without a losing trade, which has none."""

Loss = Callable[["Score"], float]


class Score:
    """The figures of one run that losses are made of."""

    def __init__(self, result: BacktestResult, candles: Mapping[str, pd.DataFrame]) -> None:
        trades = trade_table(result.trades)
        span: dict[str, Any] = {
            "starting_balance": result.starting_balance,
            "start": result.start,
            "end": result.stop,
        }
        self.curve: EquityCurve = equity_curve(trades, candles=candles, **span)
        self.risk: Risk = risk_of(self.curve)
        self.figures: FreqtradeFigures = freqtrade_figures(trades, final_balance=result.final_balance, **span)

    @property
    def daily_sharpe(self) -> float | None:
        """The Sharpe ratio per day, as the deflated one needs it."""
        return None if self.risk.sharpe is None else self.risk.sharpe / 365**0.5


def _of(value: float | None) -> float:
    return NO_RESULT if value is None else -value


LOSSES: dict[str, Loss] = {
    "sharpe": lambda score: _of(score.risk.sharpe),
    "sortino": lambda score: _of(score.risk.sortino),
    "calmar": lambda score: _of(score.risk.calmar),
    "profit": lambda score: -score.figures.profit_total,
    "drawdown": lambda score: score.risk.drawdown_max,
    "profit_drawdown": lambda score: 2 * score.risk.drawdown_max - score.figures.profit_total,
    "profit_factor": lambda score: -(score.figures.profit_factor if score.figures.losses else NO_LOSS),
    "expectancy": lambda score: -score.figures.expectancy_ratio,
    "sqn": lambda score: -score.figures.sqn,
    "OnlyProfitHyperOptLoss": lambda score: -score.figures.profit_total_abs,
    "SharpeHyperOptLoss": lambda score: -score.figures.sharpe,
    "SortinoHyperOptLoss": lambda score: -score.figures.sortino,
    "CalmarHyperOptLoss": lambda score: -score.figures.calmar,
}


def loss_named(name: str) -> Loss:
    """Return a loss.

    Raises:
        BadSpace: there is none of that name.
    """
    if name not in LOSSES:
        raise BadSpace(f"there is no loss {name!r}; choose one of: {', '.join(LOSSES)}")
    return LOSSES[name]


def loss_of(loss: Loss, score: Score, trades_min: int) -> float:
    """Return the loss of a run, large where it has fewer than `trades_min` trades."""
    missing = trades_min - score.figures.trades
    return NO_RESULT + missing if missing > 0 else min(loss(score), NO_RESULT)
