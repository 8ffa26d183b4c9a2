"""Forecasts come over HTTP, or not at all."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from trading.adapters.forecasts import ForecastClient

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
        (200, json.dumps({**DOCUMENT, "symbol": "ETH/USDT"}).encode()),
        (200, json.dumps({**DOCUMENT, "last_price": "many"}).encode()),
        (200, json.dumps({**DOCUMENT, "last_price": "NaN"}).encode()),
        (200, json.dumps({**DOCUMENT, "probability_up": 7}).encode()),
        (200, json.dumps(DOCUMENT).replace("0.0012", "1e999").encode()),
    ],
)
def test_any_other_answer_is_no_forecast(client: ForecastClient, answer: tuple[int, bytes]) -> None:
    Model.answer = answer

    assert client.forecast("BTC/USDT") is None


def test_a_service_that_is_down_is_no_forecast() -> None:
    with ForecastClient("http://127.0.0.1:9", timeout_s=0.5) as client:
        assert client.forecast("BTC/USDT") is None
