"""Dagster in process on a real database, with the real simulator as the venue."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bentoml._internal.container import BentoMLContainer
from bentoml._internal.models import ModelStore

from market.clock import SystemClock
from orchestration.platform import Platform
from orchestration.settings import DagsterSettings
from runtime.settings import CoreSettings
from serving.model_store import prepare_environment
from tests.support.simulators import running_simulator

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    """The address of a running simulator."""
    with running_simulator() as simulator:
        yield simulator.url("")


@pytest.fixture
def platform(postgres_settings: CoreSettings, simulator_url: str) -> Platform:
    """A platform with a database of its own, two days of history and a quick training."""
    core = postgres_settings.model_copy(update={"simulator_url": simulator_url})
    own = DagsterSettings(history_days=2, training_epochs=1, training_seconds=20.0)
    prepare_environment(core)
    # BentoML keeps the store of its first use; each test has its own.
    store = core.data_dir / "bentoml" / "models"
    store.mkdir(parents=True)
    BentoMLContainer.model_store.set(ModelStore(store))
    return Platform(core, own, SystemClock())
