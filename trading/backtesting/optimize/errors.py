"""Errors of optimisation; each message says what to do.

OptimizeError
├── NothingToOptimize   the strategy has no parameter in the chosen spaces
├── BadSpace            a space, loss or window that does not exist or fit
├── OtherStudy          the study's name belongs to other settings
└── TrialsFailed        no trial gave a result
"""

from trading.backtesting.errors import BacktestError


class OptimizeError(BacktestError):
    """Root of this package's failures."""

    code = "optimize.error"


class NothingToOptimize(OptimizeError):
    """No parameter to move."""

    code = "optimize.nothing"


class BadSpace(OptimizeError):
    """A choice that does not exist or does not fit the data."""

    code = "optimize.bad_space"


class OtherStudy(OptimizeError):
    """A study of that name was made with other settings."""

    code = "optimize.other_study"


class TrialsFailed(OptimizeError):
    """No trial gave a result."""

    code = "optimize.trials_failed"
