"""The same system with a Kafka-protocol broker as its event log."""

from pathlib import Path

import pytest

from tests.e2e.system import System

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_it_trades_on_paper_over_a_kafka_broker(tmp_path: Path, kafka_bootstrap: str) -> None:
    arguments = ("--event-log", "kafka", "--kafka-bootstrap", kafka_bootstrap)
    without = ("--without", "dagster-code", "--without", "dagster-web", "--without", "dagster-daemon")
    with System(tmp_path, *arguments, *without) as system:
        system.wait_for("paper fill", lambda: system.get("/api/v1/fills"), timeout_s=240)
        assert system.query("SELECT count(*) FROM trades")[0][0] > 0
