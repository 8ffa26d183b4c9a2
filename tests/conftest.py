"""Fixtures that several rooms share: one embedded PostgreSQL and one broker for the whole session.

A test that asks for `postgres_settings` gets a migrated database of its own. The broker is shared,
and starts in milliseconds.
"""

import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

from runtime.settings import CoreSettings
from tests.support.servers import embedded_postgres, fresh_database, kafka_broker

# Machines are noisy, so no deadline; in CI the same examples every time, so that red is red again.
hypothesis.settings.register_profile("tidegate", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "tidegate")


# A shell ignores SIGINT in what it starts with `&`; tests press Ctrl-C all the same.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[CoreSettings]:
    """A running embedded PostgreSQL; its database is migrated and serves as the template."""
    with embedded_postgres() as (settings, _server):
        yield settings


@pytest.fixture
def postgres_settings(postgres_server: CoreSettings) -> Iterator[CoreSettings]:
    """Settings of a migrated database that only this test uses."""
    with fresh_database(postgres_server) as settings:
        yield settings


@pytest.fixture
def kafka_bootstrap() -> Iterator[str]:
    """The address of a Kafka-protocol broker that only this test uses."""
    with kafka_broker() as broker:
        yield broker.bootstrap
