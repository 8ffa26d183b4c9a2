"""A running simulator for the tests that need a real one, and markets without any I/O for the rest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.simulators import Running, running_simulator

ROOT = Path(__file__).parents[2]
DATA = ROOT / "../shared/data"


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    """One simulator for all tests that only look at it."""
    with running_simulator(TIDEGATE_SIMULATOR_UPDATES_PER_S="100") as running:
        yield running


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of recorded data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip("no recorded data beside the checkout (../shared/data)")
    return DATA
