"""Backtests: the live host's decisions on a table of candles, filled at the next open.

BacktestError
└── BadCandles   the table can't be used; the message says which column or row, and what to do
"""

from trading.backtesting.errors import BacktestError, BadCandles, BadTerms
from trading.backtesting.loop import run_backtest
from trading.backtesting.result import BacktestResult, BacktestTrade, Terms

__all__ = [
    "BacktestError",
    "BacktestResult",
    "BacktestTrade",
    "BadCandles",
    "BadTerms",
    "Terms",
    "run_backtest",
]
