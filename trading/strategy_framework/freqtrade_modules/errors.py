"""The exceptions that strategies import from `freqtrade.exceptions`, to raise or to catch.

FreqtradeException
├── OperationalException
│   └── ConfigurationError
├── DependencyException
│   ├── PricingError
│   └── ExchangeError
│       ├── InvalidOrderException
│       │   ├── RetryableOrderError
│       │   └── InsufficientFundsError
│       └── TemporaryError
│           └── DDosProtection
└── StrategyError
"""

from trading.strategy_framework import errors


class FreqtradeException(errors.StrategyError):
    """Root of what a strategy may raise by freqtrade's names."""


class OperationalException(FreqtradeException):
    """Something that a person must mend."""


class ConfigurationError(OperationalException):
    """A configuration that can't be used."""


class DependencyException(FreqtradeException):
    """Something outside does not answer as it must."""


class PricingError(DependencyException):
    """No price."""


class ExchangeError(DependencyException):
    """The venue refuses."""


class InvalidOrderException(ExchangeError):
    """The venue refuses an order."""


class RetryableOrderError(InvalidOrderException):
    """The venue does not find an order yet."""


class InsufficientFundsError(InvalidOrderException):
    """The balance does not cover an order."""


class TemporaryError(ExchangeError):
    """The venue does not answer now."""


class DDosProtection(TemporaryError):
    """The venue asks for fewer requests."""


class StrategyError(FreqtradeException):
    """A strategy that is wrong."""
