"""Both adapters of the event log, each on a real server, for one contract suite."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from market.topics import Topic
from runtime.event_log import EventLog, open_event_log
from runtime.settings import CoreSettings

OpenLog = Callable[[], EventLog]


def topic(name: str = "test.topic", *, partitions: int = 2, retention_s: int = 3600) -> Topic:
    return Topic(name=name, value="batch", partitions=partitions, retention_s=retention_s)


@pytest.fixture(params=["postgres", "kafka"])
def log_settings(request: pytest.FixtureRequest) -> CoreSettings:
    """Settings of each adapter in turn, on a server that only this test uses."""
    if request.param == "kafka":
        bootstrap = request.getfixturevalue("kafka_bootstrap")
        return CoreSettings(event_log="kafka", kafka_bootstrap=bootstrap)
    settings: CoreSettings = request.getfixturevalue("postgres_settings")
    return settings


@pytest.fixture
def open_log(log_settings: CoreSettings) -> Iterator[OpenLog]:
    """Open the event log as often as wanted; every instance is closed after the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_event_log(log_settings)))
