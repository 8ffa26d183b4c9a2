"""What the journal holds reaches the topics in order, and nothing is lost when either end dies."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from market.topics import FILLS, FORECASTS, ORDERS, SIGNALS, Topic
from runtime.errors import Unavailable
from runtime.event_log import EventLog, NewRecord, open_event_log
from runtime.settings import CoreSettings
from tests.support.servers import until
from tests.trading.adapters.test_forecasts import DOCUMENT
from tests.trading.core.builders import Bench, enter, leave
from trading.adapters.publisher import Publisher, publish_forecast
from trading.ports import Forecast


@pytest.fixture
def event_log(postgres_settings: CoreSettings) -> Iterator[EventLog]:
    log = open_event_log(postgres_settings)
    log.create_topics([ORDERS, FILLS, SIGNALS, FORECASTS])
    yield log
    log.close()


class DeadLog:
    """An event log that does not answer."""

    def append(self, _records: list[NewRecord]) -> list[int]:
        raise Unavailable("dead")


class BrokenLog:
    """An event log that will never take the message."""

    def append(self, _records: list[NewRecord]) -> list[int]:
        raise ValueError("too large")


def publisher_of(settings: CoreSettings, bench: Bench, event_log: Any) -> Publisher:
    return Publisher(settings, bench.journal, event_log, on_failure=pytest.fail)


def documents(event_log: EventLog, topic: Topic) -> list[dict[str, object]]:
    records = event_log.read({(topic.name, 0): 0}, wait_s=0)
    return [msgspec.json.decode(record.payload) for record in records]


def test_signals_orders_and_fills_are_published_once_and_in_order(
    postgres_settings: CoreSettings, event_log: EventLog
) -> None:
    bench = Bench()
    bench.engine.on_signal(enter(size="2"))
    publisher = publisher_of(postgres_settings, bench, event_log)

    assert publisher.publish_new() == 5
    assert publisher.publish_new() == 0
    bench.engine.on_signal(leave())
    assert publisher.publish_new() == 4

    assert [document["id"] for document in documents(event_log, SIGNALS)] == ["enter-1", "exit-1"]
    assert [document.get("state", document["kind"]) for document in documents(event_log, ORDERS)] == [
        "intent",
        "SUBMITTED",
        "ACCEPTED",
    ] * 2
    fills = documents(event_log, FILLS)
    assert [(fill["price"], fill["size"], fill["seq"]) for fill in fills] == [
        ("101", "2", 5),
        ("100", "2", 9),
    ]


def test_a_new_publisher_goes_on_where_the_last_one_was(
    postgres_settings: CoreSettings, event_log: EventLog
) -> None:
    bench = Bench()
    bench.engine.on_signal(enter())
    publisher_of(postgres_settings, bench, event_log).publish_new()

    assert publisher_of(postgres_settings, bench, event_log).publish_new() == 0
    assert len(documents(event_log, FILLS)) == 1


def test_what_could_not_be_published_is_published_later(
    postgres_settings: CoreSettings, event_log: EventLog
) -> None:
    bench = Bench()
    bench.engine.on_signal(enter())
    dead = publisher_of(postgres_settings, bench, DeadLog())
    with pytest.raises(Unavailable):
        dead.publish_new()

    publisher_of(postgres_settings, bench, event_log).publish_new()

    assert len(documents(event_log, FILLS)) == 1


def test_the_thread_survives_an_outage_and_publishes_what_is_left_when_it_stops(
    postgres_settings: CoreSettings, event_log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.adapters.publisher.RETRY_S", 0.02)
    bench = Bench()
    publisher = publisher_of(postgres_settings, bench, DeadLog())
    bench.engine.on_signal(enter())
    publisher.start()
    publisher._event_log = event_log
    until(lambda: len(documents(event_log, FILLS)) == 1)

    bench.engine.on_signal(enter("last"))
    publisher.stop()

    assert len(documents(event_log, FILLS)) == 2


def test_what_waiting_does_not_mend_is_reported(postgres_settings: CoreSettings) -> None:
    bench = Bench()
    bench.engine.on_signal(enter())
    failures: list[Exception] = []
    publisher = Publisher(
        postgres_settings,
        bench.journal,
        BrokenLog(),  # type: ignore[arg-type]
        on_failure=failures.append,
    )
    publisher.start()
    until(lambda: [str(failure) for failure in failures] == ["too large"])
    publisher.stop()


def test_a_forecast_is_published_as_its_document(event_log: EventLog) -> None:
    publish_forecast(event_log, msgspec.convert(DOCUMENT, Forecast))

    [document] = documents(event_log, FORECASTS)
    assert (document["symbol"], document["model_version"]) == ("BTC/USDT", "lstm-7")
