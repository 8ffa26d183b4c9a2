"""The HTML report of a backtest: `write_report(result, candles, path)`."""

from trading.backtesting.report.page import report_page, write_report

__all__ = ["report_page", "write_report"]
