"""Errors of the market vocabulary.

    MarketError
    ├── UnknownInstrument   a symbol that no instrument is declared for
    ├── BadEvent            a value that breaks an event's invariant
    ├── BookOutOfSync       a delta that does not continue the book
    ├── BadMessage          bytes that no decoder of the topic understands
    └── BadPlugin           a plug-in file that does not expose what its folder asks for

Each has a stable `code`, which logs, metrics and quarantine records carry.
"""


class MarketError(Exception):
    """Root of this package's failures."""

    code = "market.error"


class UnknownInstrument(MarketError):
    """A symbol or venue that is not declared."""

    code = "market.unknown_instrument"


class BadEvent(MarketError):
    """An event whose fields break its invariant."""

    code = "market.bad_event"


class BookOutOfSync(MarketError):
    """A delta that does not continue the order book: the book must be resynchronised."""

    code = "book.sequence_gap"


class BadMessage(MarketError):
    """Bytes that can't be decoded as the topic's type or schema version."""

    code = "log.bad_message"


class BadPlugin(MarketError):
    """A plug-in module without the constant, or with one of the wrong type."""

    code = "plugin.bad"
