"""Errors of fetching history; the tree is in the package's docstring."""

from trading.backtesting.errors import BacktestError


class HistoryError(BacktestError):
    """Root of this package's failures."""

    code = "history.error"


class UnknownVenue(HistoryError):
    """An exchange that ccxt does not know, or one without candles."""

    code = "history.unknown_venue"


class UnknownSymbol(HistoryError):
    """A pair that the exchange does not list."""

    code = "history.unknown_symbol"


class VenueUnavailable(HistoryError):
    """An exchange that did not answer, or refused, in spite of several tries."""

    code = "history.unavailable"
