"""Performance analysis: from closed trades to figures, tables, and what chance alone would explain."""

from trading.backtesting.analysis.equity import EquityCurve, equity_curve, hold_curve
from trading.backtesting.analysis.performance import Chance, Performance, Risk, measure, risk_of
from trading.backtesting.analysis.trade_table import BadTrades, trade_table, trade_table_of_records

__all__ = [
    "BadTrades",
    "Chance",
    "EquityCurve",
    "Performance",
    "Risk",
    "equity_curve",
    "hold_curve",
    "measure",
    "risk_of",
    "trade_table",
    "trade_table_of_records",
]
