"""The service as a real process on a real database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest

from market.clock import SystemClock
from runtime.errors import EXIT_MISCONFIGURED
from runtime.ports import is_port_free
from runtime.postgres import connect
from runtime.settings import CoreSettings
from serving.models._interface import Budget
from serving.models.lstm import MODEL
from serving.series import BAR_NS
from serving.training import train_candidate
from tests.serving.builders import insert, random_walk
from tests.support.servers import START_S, until

ROOT = Path(__file__).parents[2]
PROMOTE = """
import sys, msgspec
from market.clock import SystemClock
from runtime.settings import CoreSettings, load
from serving.model_store import prepare_environment
prepare_environment(load(CoreSettings))
from serving.evaluation import Evaluation
from serving.model_store import promote
from serving.training import Candidate
candidate = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Candidate)
figures = {name: 0.0 for name in Evaluation.__struct_fields__}
pairs = {name: (0.0, 0.0) for name in ("hit_rate_interval", "log_loss_difference", "mae_difference")}
counts = {"samples": 1, "independent_samples": 1}
promote(candidate, msgspec.convert(figures | pairs | counts, Evaluation), SystemClock())
"""


def environment_of(settings: CoreSettings) -> dict[str, str]:
    return os.environ | {
        "TIDEGATE_DATABASE_URL": settings.database_dsn,
        "TIDEGATE_DATA_DIR": str(settings.data_dir),
        "TIDEGATE_PORT_BASE": str(settings.port_base),
        "TIDEGATE_FORECASTS_STORE_POLL_S": "0.2",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def running_service(settings: CoreSettings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    url = f"http://127.0.0.1:{settings.forecasts_port}/readyz"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "serving"]
        process = subprocess.Popen(
            command, env=environment_of(settings), cwd=ROOT, stderr=output, stdout=output
        )
        try:
            until(
                lambda: is_up(url),
                timeout_s=START_S,
                what="the forecast service is ready",
                process=process,
                log=log,
            )
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            finally:
                process.kill()


def is_up(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@pytest.fixture
def settings_with_bars(postgres_settings: CoreSettings) -> CoreSettings:
    now = SystemClock().now_ns() // BAR_NS * BAR_NS
    with connect(postgres_settings, autocommit=True) as connection:
        insert(connection, random_walk(200, start=now - 200 * BAR_NS))
    return postgres_settings


def test_the_service_answers_swaps_models_and_refuses_bad_input(
    settings_with_bars: CoreSettings, tmp_path: Path
) -> None:
    settings, log = settings_with_bars, tmp_path / "log"
    url = f"http://127.0.0.1:{settings.forecasts_port}"

    def ask(symbol: Any) -> httpx.Response:
        return httpx.post(f"{url}/forecast", json={"symbol": symbol}, timeout=30)

    with running_service(settings, log) as process:
        first = ask("BTC/USDT").json()
        assert (first["model"], first["model_version"]) == ("last_value", "last_value-1")
        assert first["horizon_s"] == 900
        assert first["made_at"].endswith("Z")

        assert [ask("ABC/USDT").status_code, ask("ETH/USDT").status_code, ask(5).status_code] == [
            404,
            503,
            400,
        ]
        assert ask("ETH/USDT").json()["code"] == "forecast.no_bars"
        for body in (
            b"",
            b"{",
            b"[]",
            b'{"symbol": "BTC/USDT", "more": 1}',
            b"x" * 5000,
            b'{"symbol": "\xff"}',
        ):
            answer = httpx.post(f"{url}/forecast", content=body, timeout=30)
            assert (answer.status_code, answer.json()["code"]) == (400, "forecast.bad_request")

        promote_one(settings)
        until(
            lambda: ask("BTC/USDT").json()["model"] == "lstm",
            timeout_s=START_S,
            what="the promoted model answers",
            process=process,
            log=log,
        )
        swapped = ask("BTC/USDT").json()
        assert swapped["model_version"].startswith("lstm-btc-usdt:")
        assert swapped["low"] <= swapped["predicted_return"] <= swapped["high"]
        listed = httpx.get(f"{url}/models", timeout=30).json()
        assert [entry["model_version"] for entry in listed] == [swapped["model_version"]]
        assert 'forecasts_given_total{model="lstm",symbol="BTC/USDT"}' in httpx.get(f"{url}/metrics").text
    assert "Traceback" not in log.read_text()
    with connect(settings) as connection:
        rows = connection.execute("select distinct model_version from forecasts").fetchall()
    assert {str(row[0]) for row in rows} == {"last_value-1", swapped["model_version"]}


def test_a_broken_model_store_leaves_the_baseline_in_its_place_and_is_named(
    settings_with_bars: CoreSettings, tmp_path: Path
) -> None:
    settings, log = settings_with_bars, tmp_path / "log"
    entry = settings.data_dir / "bentoml" / "models" / "lstm-btc-usdt" / "1"
    entry.mkdir(parents=True)
    (entry / "model.yaml").write_text("name: lstm-btc-u")
    (entry.parent / "latest").write_text("1")
    url = f"http://127.0.0.1:{settings.forecasts_port}"
    with running_service(settings, log):
        answer = httpx.post(f"{url}/forecast", json={"symbol": "BTC/USDT"}, timeout=30).json()
        assert answer["model_version"] == "last_value-1"
        listed = httpx.get(f"{url}/models", timeout=30)
        assert (listed.status_code, listed.json()["code"]) == (503, "model.bad_file")
        assert "delete its folder" in listed.json()["detail"]
    assert log.read_text().count("model_store_unreadable") == 1


def test_a_killed_service_leaves_no_worker_and_no_port(
    settings_with_bars: CoreSettings, tmp_path: Path
) -> None:
    with running_service(settings_with_bars, tmp_path / "log") as process:
        workers = psutil.Process(process.pid).children(recursive=True)
        assert workers
        process.kill()
        process.wait(timeout=5)
        psutil.wait_procs(workers, timeout=20)
        assert not any(worker.is_running() for worker in workers)
        assert is_port_free(settings_with_bars.forecasts_port)


def test_a_wrong_setting_is_one_line(postgres_settings: CoreSettings) -> None:
    environment = environment_of(postgres_settings) | {"TIDEGATE_FORECASTS_STALE_AFTER": "60"}
    command = [sys.executable, "-m", "serving"]
    result = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=START_S, check=False
    )
    assert result.returncode == EXIT_MISCONFIGURED
    assert "TIDEGATE_FORECASTS_STALE_AFTER_S" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def promote_one(settings: CoreSettings) -> None:
    """Promote a model from a process of its own, as Dagster does."""
    candidate = train_candidate(MODEL, "BTC/USDT", random_walk(1200), Budget(epochs_max=1), SystemClock())
    subprocess.run(
        [sys.executable, "-c", PROMOTE],
        input=msgspec.msgpack.encode(candidate),
        env=environment_of(settings),
        cwd=ROOT,
        timeout=START_S,
        check=True,
    )
