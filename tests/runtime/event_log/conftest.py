"""Both adapters of the event log, each on a real server, for one contract suite."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from market.topics import Topic
from runtime.event_log import EventLog, open_event_log
from runtime.settings import CoreSettings
from tests.support.servers import kafka_broker

OpenLog = Callable[[], EventLog]


def topic(name: str = "test.topic", *, partitions: int = 2, retention_s: int = 3600) -> Topic:
    return Topic(name=name, value="batch", partitions=partitions, retention_s=retention_s)


@pytest.fixture(params=["postgres", "tansu", "noida"])
def log_settings(request: pytest.FixtureRequest) -> Iterator[CoreSettings]:
    """Settings of each adapter in turn, the Kafka one on two brokers, on a server of this test's own."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres_settings")
        return
    with kafka_broker(request.param) as broker:
        yield CoreSettings(event_log="kafka", kafka_bootstrap=broker.bootstrap)


@pytest.fixture
def open_log(log_settings: CoreSettings) -> Iterator[OpenLog]:
    """Open the event log as often as wanted; every instance is closed after the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_event_log(log_settings)))
