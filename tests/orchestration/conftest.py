"""Dagster in process on a real database, with the real simulator as the venue."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bentoml._internal.container import BentoMLContainer
from bentoml._internal.models import ModelStore

from market.clock import SystemClock
from orchestration.platform import Platform
from orchestration.settings import DagsterSettings
from runtime.ports import free_port_block
from runtime.settings import CoreSettings
from serving.model_store import prepare_environment
from tests.support.servers import until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def simulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running simulator."""
    base = free_port_block(200)
    environment = os.environ | {
        "TIDEGATE_PORT_BASE": str(base),
        "TIDEGATE_DATA_DIR": str(tmp_path_factory.mktemp("simulator")),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "simulator"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{base + 100}"
        until(lambda: is_ready(f"{url}/readyz"), timeout_s=60, what="the simulator is ready")
        yield url
        process.terminate()


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


def is_ready(url: str) -> bool:
    """Return whether a readiness page answers 200."""
    try:
        return httpx.get(url, timeout=1).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
