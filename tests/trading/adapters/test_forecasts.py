"""Forecasts come over HTTP, or not at all; they are kept in their table once."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from runtime.errors import Unavailable
from runtime.postgres import connect
from runtime.settings import CoreSettings
from trading.adapters.forecasts import ForecastClient, ForecastTable
from trading.ports import Forecast

DOCUMENT: dict[str, Any] = {
    "symbol": "BTC/USDT",
    "made_at": "2026-11-22T14:00:01Z",
    "bar_close_time": "2026-11-22T14:00:00Z",
    "horizon_s": 900,
    "predicted_return": 0.0012,
    "probability_up": 0.61,
    "low": -0.004,
    "high": 0.006,
    "model": "lstm",
    "model_version": "lstm-7",
    "feature_hash": "abc",
    "last_price": "65000.10",
    "something_new": 1,
}


class Model(BaseHTTPRequestHandler):
    """A forecast service that answers what the test says."""

    answer: ClassVar[tuple[int, bytes]] = (200, b"")
    asked: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, body))
        status, content = self.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Say nothing."""


@pytest.fixture
def client() -> Iterator[ForecastClient]:
    Model.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    with ForecastClient(f"http://127.0.0.1:{server.server_port}") as opened:
        yield opened
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_forecast_is_asked_for_by_symbol_and_read(client: ForecastClient) -> None:
    Model.answer = (200, json.dumps(DOCUMENT).encode())

    forecast = client.forecast("BTC/USDT")

    assert forecast is not None
    assert (forecast.model_version, forecast.predicted_return) == ("lstm-7", 0.0012)
    assert Model.asked == [("/forecast", b'{"symbol":"BTC/USDT"}')]


@pytest.mark.parametrize(
    "answer",
    [
        (503, b'{"reason": "needs 64 bars"}'),
        (400, b"no such symbol"),
        (500, b""),
        (200, b"<html>"),
        (200, b'{"symbol": "BTC/USDT"}'),
        (200, json.dumps({**DOCUMENT, "made_at": "yesterday"}).encode()),
        (200, json.dumps({**DOCUMENT, "made_at": "2026-11-22T14:00:01"}).encode()),
    ],
)
def test_any_other_answer_is_no_forecast(client: ForecastClient, answer: tuple[int, bytes]) -> None:
    Model.answer = answer

    assert client.forecast("BTC/USDT") is None


def test_a_service_that_is_down_is_no_forecast() -> None:
    with ForecastClient("http://127.0.0.1:9", timeout_s=0.5) as client:
        assert client.forecast("BTC/USDT") is None


def forecast() -> Forecast:
    return Forecast(**{name: value for name, value in DOCUMENT.items() if name != "something_new"})


def test_a_forecast_is_kept_once(postgres_settings: CoreSettings) -> None:
    table = ForecastTable(postgres_settings)
    table.save(forecast())
    table.save(forecast())
    table.close()

    with connect(postgres_settings) as connection:
        rows = connection.execute("SELECT symbol, horizon_s, model_version FROM forecasts").fetchall()
    assert rows == [("BTC/USDT", 900, "lstm-7")]


def test_a_table_that_lost_its_connection_connects_anew(postgres_settings: CoreSettings) -> None:
    table = ForecastTable(postgres_settings)
    table.save(forecast())
    with connect(postgres_settings, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'tidegate-forecasts' AND datname = current_database()"
        )

    with pytest.raises(Unavailable, match="forecasts can't be kept"):
        table.save(forecast())
    table.save(forecast())
    table.close()
