"""What the event log on Kafka does beyond the contract: broker configuration, lost brokers."""

import gc
import logging
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from market.topics import TOPICS
from runtime.errors import Unavailable
from runtime.event_log import NewRecord, kafka_clients
from runtime.event_log.kafka_adapter import KafkaEventLog, topic_configuration
from tests.runtime.event_log.conftest import topic
from tests.runtime.event_log.test_contract import read_all
from tests.support.ports import lend_ports
from tests.support.servers import kafka_broker, until

TOPIC = topic()

pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning",
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture(autouse=True)
def _forgotten_sockets() -> Iterator[None]:
    """Collect the sockets that kafka-python forgets to close when a broker refuses it.

    Pytest keeps log records, and kafka-python's hold the sockets: those stay off, as in our processes.
    """
    logger = logging.getLogger("kafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)
    gc.collect()


def test_a_topic_is_bounded_by_age_and_size_on_the_broker() -> None:
    for each in TOPICS:
        configuration = topic_configuration(each)
        assert configuration["cleanup.policy"] == "delete"
        assert int(configuration["retention.ms"]) == each.retention_s * 1000
        assert int(configuration["retention.bytes"]) == each.retention_bytes
        assert int(configuration["segment.bytes"]) * 2 < each.retention_bytes
        assert int(configuration["segment.ms"]) <= each.retention_s * 1000


def test_a_broker_that_is_not_there_is_named_and_asking_again_leaves_no_thread_behind() -> None:
    threads = threading.active_count()
    with lend_ports([0]) as port, closing(KafkaEventLog(address := f"127.0.0.1:{port}")) as log:
        with pytest.raises(Unavailable, match=f"the broker at {address} does not answer"):
            log.append([NewRecord(TOPIC, 0, b"x")])
        with pytest.raises(Unavailable, match=address):
            log.read({(TOPIC.name, 0): 0}, wait_s=0)
    assert threading.active_count() == threads


def test_a_lost_broker_is_noticed_and_used_again_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_clients, "REQUEST_TIMEOUT_MS", 500)
    monkeypatch.setattr(kafka_clients, "DELIVERY_TIMEOUT_MS", 1000)
    with kafka_broker() as broker, closing(KafkaEventLog(broker.bootstrap)) as log:
        log.create_topics([TOPIC])
        for _ in range(5):
            log.append([NewRecord(TOPIC, 0, b"x")])
        assert read_all(log, {(TOPIC.name, 0): 0}, 5)
        broker.stop()
        with pytest.raises(Unavailable):
            log.append([NewRecord(TOPIC, 0, b"lost")])
        with pytest.raises(Unavailable):
            log.read({(TOPIC.name, 0): 5}, wait_s=3)
        broker.start()
        with closing(KafkaEventLog(broker.bootstrap)) as maker:
            maker.create_topics([TOPIC])
            maker.append([NewRecord(TOPIC, 0, b"again")])
        until(lambda: payloads(log) == [b"again"], what="the old instance reads again")
        until(lambda: appends(log, b"more"), what="and writes again, though the broker forgot its producer")
        assert payloads(log) == [b"again", b"more"]


def appends(log: KafkaEventLog, payload: bytes) -> bool:
    """Append as a writer does that tries again after a failure."""
    try:
        log.append([NewRecord(TOPIC, 0, payload)])
    except Unavailable:
        return False
    return True


def payloads(log: KafkaEventLog) -> list[bytes]:
    """Read as a reader does that tries again after a failure."""
    try:
        return [record.payload for record in log.read({(TOPIC.name, 0): 0}, wait_s=1)]
    except Unavailable:
        return []
