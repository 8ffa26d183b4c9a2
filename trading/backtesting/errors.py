"""Errors of backtesting; the tree is in the package's docstring."""


class BacktestError(Exception):
    """Root of this package's failures."""

    code = "backtest.error"


class BadCandles(BacktestError):
    """A table of candles that can't be used."""

    code = "backtest.bad_candles"


class NoCandles(BadCandles):
    """A pair, timeframe or time range that nothing is stored of; the message says what there is."""

    code = "backtest.no_candles"


class BadTimeRange(BacktestError):
    """A time range in another notation, or one that ends before it starts."""

    code = "backtest.bad_time_range"


class BadConfig(BacktestError):
    """A configuration file that can't be read, or a value in it that makes no sense."""

    code = "backtest.bad_config"


class UnknownStrategy(BacktestError):
    """No file in the folders searched defines a strategy of this name."""

    code = "backtest.unknown_strategy"


class NotWritten(BacktestError):
    """A result or data file that can't be written; what was there before is untouched."""

    code = "backtest.not_written"


class BadTerms(BacktestError):
    """Capital, fee or stake out of range."""

    code = "backtest.bad_terms"


class ProcessEnded(BacktestError):
    """A process that did part of the work was killed from outside."""

    code = "backtest.process_ended"
