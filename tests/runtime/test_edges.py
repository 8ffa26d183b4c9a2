"""The thin edges: health pages, logs, metrics, signals."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.errors import PortInUse, SettingsError
from runtime.health import HealthServer
from runtime.shutdown import stop_event

ROOT = Path(__file__).parents[2]


@pytest.fixture
def health() -> Iterator[HealthServer]:
    with HealthServer("127.0.0.1", 0) as server:
        yield server


def get(health: HealthServer, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", health.port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_a_process_is_alive_before_it_is_ready(health: HealthServer) -> None:
    assert get(health, "/healthz")[0] == 200
    status, body = get(health, "/readyz")
    assert (status, json.loads(body)["reasons"]) == (503, {"process": "starting"})


def test_readiness_needs_the_word_and_every_check(health: HealthServer) -> None:
    problems: list[str] = []
    health.add_check("database", lambda: problems[0] if problems else None)
    health.set_ready(is_ready=True)
    assert get(health, "/readyz")[0] == 200
    problems.append("does not answer")
    status, body = get(health, "/readyz")
    assert (status, json.loads(body)["reasons"]) == (503, {"database": "does not answer"})


def test_metrics_are_prometheus_text_with_the_version(health: HealthServer) -> None:
    status, body = get(health, "/metrics")
    assert status == 200
    assert 'tidegate_build_info{version="' in body


def test_other_pages_are_not_found(health: HealthServer) -> None:
    assert get(health, "/")[0] == 404


def test_a_busy_health_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} is in use.*TIDEGATE_PORT_BASE"):
            HealthServer("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_named(host: str) -> None:
    with pytest.raises(SettingsError, match=f"TIDEGATE_BIND_HOST: can't listen on {host}:"):
        HealthServer(host, 0)


def test_sigterm_sets_the_stop_event() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        event = stop_event()
        assert not event.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert event.wait(5)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_logs_are_json_lines_that_name_the_service_and_hide_secrets() -> None:
    code = (
        "import logging, structlog\n"
        "from runtime.logs import configure_logs\n"
        "configure_logs('flows', 'INFO')\n"
        "log = structlog.get_logger('x')\n"
        "log.info('batch_written', rows=3, password='hunter2')\n"
        "log.debug('left_away')\n"
        "logging.getLogger('library').warning('old %s', 'style')\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception('broken')\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    first, second, third = map(json.loads, finished.stderr.splitlines())
    assert (first["event"], first["service"], first["rows"]) == ("batch_written", "flows", 3)
    assert first["password"] == "***"
    assert (second["event"], second["level"], second["service"]) == ("old style", "warning", "flows")
    assert third["exception"].endswith("ZeroDivisionError: division by zero")
