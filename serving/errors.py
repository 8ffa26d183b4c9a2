"""Errors of the serving room.

    ServingError
    ├── BadModelFile      bytes that no declared model can load
    └── NotEnoughHistory  too few bars to make a training set

A forecast that can't be given is not an error but a value: `serving.forecaster.Refusal`.
"""


class ServingError(Exception):
    """Root of this package's failures."""

    code = "serving.error"


class BadModelFile(ServingError):
    """A stored model whose bytes, architecture or features do not fit this code."""

    code = "model.bad_file"


class NotEnoughHistory(ServingError):
    """Too few bars to train or evaluate on."""

    code = "training.not_enough_history"
