"""The model store: BentoML's, under the data folder, holding promoted models only.

Nothing is written here before the promotion gate has passed, since a service takes the newest
model of a symbol as its champion. One name per model and symbol, such as `lstm-btc-usdt`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from market.clock import Clock
from runtime.settings import CoreSettings
from serving.errors import BadModelFile
from serving.evaluation import Evaluation
from serving.training import Candidate, Window, store_name

VERSIONS_KEPT = 5
"""Older versions of one name are deleted at each promotion."""
_CONTENT_FILE = "model.bin"

T = TypeVar("T")


class StoredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A promoted model: where it is, what it was made from, and how it did."""

    symbol: str
    model: str
    version: str
    promoted_at: int
    feature_hash: str
    data_hash: str
    trained: Window
    evaluation: Evaluation
    path: Path

    def content(self) -> bytes:
        """Read the model's bytes."""
        return (self.path / _CONTENT_FILE).read_bytes()


def prepare_environment(settings: CoreSettings) -> None:
    """Point BentoML at the data folder and switch its telemetry off; before BentoML's first import."""
    home = settings.data_dir.absolute() / "bentoml"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["BENTOML_HOME"] = str(home)
    # The word True: BentoML takes nothing else for yes.
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"


def promote(candidate: Candidate, evaluation: Evaluation, clock: Clock) -> None:
    """Save a candidate that has passed the gate; one that is there already stays as it is."""
    import bentoml  # noqa: PLC0415 - two seconds that only its users pay

    name = store_name(candidate.model, candidate.symbol)
    if any(str(stored.tag) == candidate.version for stored in _versions(name)):
        return
    metadata = {
        "symbol": candidate.symbol,
        "model": candidate.model,
        "promoted_at": clock.now_ns(),
        "feature_hash": candidate.feature_hash,
        "data_hash": candidate.data_hash,
        "seed": candidate.seed,
        "trained": msgspec.to_builtins(candidate.trained),
        "tested": msgspec.to_builtins(candidate.tested),
        "evaluation": msgspec.to_builtins(evaluation),
    }
    with bentoml.models.create(candidate.version, module="serving.models", metadata=metadata) as saved:
        Path(saved.path_of(_CONTENT_FILE)).write_bytes(candidate.content)
    for old in _versions(name)[VERSIONS_KEPT:]:
        bentoml.models.delete(old.tag)


def champion(models: list[str], symbol: str) -> StoredModel | None:
    """Return the newest promoted model of a symbol, or nothing: then the baseline answers.

    Raises:
        BadModelFile: the store's entry is broken.
    """
    stored = [found for model in models if (found := _newest(store_name(model, symbol)))]
    return max(stored, key=lambda found: found.promoted_at, default=None)


def stored_models() -> list[StoredModel]:
    """Return every promoted model, newest first.

    Raises:
        BadModelFile: an entry of the store is broken.
    """
    import bentoml  # noqa: PLC0415 - two seconds that only its users pay

    found = _asked(lambda: [_read(model) for model in bentoml.models.list()])
    return sorted(found, key=lambda model: model.promoted_at, reverse=True)


def _newest(name: str) -> StoredModel | None:
    import bentoml  # noqa: PLC0415 - two seconds that only its users pay

    try:
        return _asked(lambda: _read(bentoml.models.get(f"{name}:latest")))
    except bentoml.exceptions.NotFound:
        return None


def _asked(question: Callable[[], T]) -> T:
    """Ask BentoML's store; what it raises about a broken entry comes out as one error of ours."""
    import bentoml  # noqa: PLC0415 - two seconds that only its users pay

    try:
        return question()
    except bentoml.exceptions.NotFound:
        raise
    except Exception as error:  # BentoML's own errors, YAML's and cattrs' have no root in common
        raise BadModelFile(
            f"an entry of the model store in {os.environ.get('BENTOML_HOME', 'BENTOML_HOME')} is broken "
            f"({type(error).__name__}); delete its folder and train again"
        ) from error


def _versions(name: str) -> list[Any]:
    """Return what is stored under a name, newest first."""
    import bentoml  # noqa: PLC0415 - two seconds that only its users pay

    # Asked for a name that it does not hold, the store raises; the list of all is short.
    found = _asked(lambda: [model for model in bentoml.models.list() if model.tag.name == name])
    return sorted(found, key=lambda model: model.info.metadata["promoted_at"], reverse=True)


def _read(model: Any) -> StoredModel:
    metadata = model.info.metadata
    return StoredModel(
        symbol=metadata["symbol"],
        model=metadata["model"],
        version=str(model.tag),
        promoted_at=metadata["promoted_at"],
        feature_hash=metadata["feature_hash"],
        data_hash=metadata["data_hash"],
        trained=msgspec.convert(metadata["trained"], Window),
        evaluation=msgspec.convert(metadata["evaluation"], Evaluation),
        path=Path(model.path),
    )
