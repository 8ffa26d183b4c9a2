"""Errors of the orchestration room.

OrchestrationError
├── UnknownVenue   a venue that ccxt has no class for
└── BadSuite       an expectation suite that can't be read
"""


class OrchestrationError(Exception):
    """Root of this package's failures."""

    code = "orchestration.error"


class UnknownVenue(OrchestrationError):
    """A venue that ccxt does not know."""

    code = "history.unknown_venue"


class BadSuite(OrchestrationError):
    """An expectation suite that is missing or not JSON."""

    code = "quality.bad_suite"
