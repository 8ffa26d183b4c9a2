"""The declared models, found by their files."""

import serving.models
from market.plugins import discover
from serving.models._interface import Model
from serving.models.last_value import MODEL as BASELINE


def declared_models() -> dict[str, Model]:
    """Return every model by its name.

    Raises:
        market.errors.BadPlugin: a file in `serving/models` exposes no `MODEL`.
    """
    found = discover(serving.models, "MODEL", Model)  # type: ignore[type-abstract]  # instances are sought
    return {model.name: model for model in found.values()}


def challengers() -> dict[str, Model]:
    """Return every model that has to prove itself against the baseline."""
    return {name: model for name, model in declared_models().items() if model is not BASELINE}
