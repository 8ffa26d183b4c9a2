"""Look-ahead: does a strategy know in a backtest what it can't know when it trades?"""

from trading.backtesting.lookahead.examination import Window, examine
from trading.backtesting.lookahead.findings import ColumnFinding, Examination, RunFailure, StartFinding
from trading.backtesting.lookahead.subject import Subject
from trading.backtesting.lookahead.text import text_of

__all__ = [
    "ColumnFinding",
    "Examination",
    "RunFailure",
    "StartFinding",
    "Subject",
    "Window",
    "examine",
    "text_of",
]
