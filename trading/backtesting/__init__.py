"""Backtests: the live host's decisions on a table of candles, filled at the next open.

BacktestError
├── BadCandles     the table can't be used; the message says which column or row, and what to do
│   └── NoCandles  nothing is stored of the pair, timeframe or time range; the message says what is
├── BadTimeRange   a time range in another notation
├── BadConfig      a configuration file that can't be read, or a value that makes no sense
├── UnknownStrategy no file in the folders searched defines it
├── BadTerms       capital, fee or stake out of range
└── NotWritten     a result or data file that can't be written
"""

from trading.backtesting.errors import BacktestError, BadCandles, BadTerms
from trading.backtesting.loop import run_backtest
from trading.backtesting.simple_result import BacktestResult, BacktestTrade, Terms

__all__ = [
    "BacktestError",
    "BacktestResult",
    "BacktestTrade",
    "BadCandles",
    "BadTerms",
    "Terms",
    "run_backtest",
]
