"""Errors of backtesting; the tree is in the package's docstring."""


class BacktestError(Exception):
    """Root of this package's failures."""

    code = "backtest.error"


class BadCandles(BacktestError):
    """A table of candles that can't be used."""

    code = "backtest.bad_candles"


class BadTerms(BacktestError):
    """Capital, fee or stake out of range."""

    code = "backtest.bad_terms"
