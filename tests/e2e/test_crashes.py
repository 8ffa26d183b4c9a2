"""Kill -9 of any one process: it comes back, and nothing is lost, doubled or made up."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.e2e.system import System

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

PROCESSES = [
    "collector-binance",
    "collector-coinbase",
    "collector-kraken",
    "flows",
    "trading",
    "forecasts",
    "dagster-code",
    "dagster-web",
    "dagster-daemon",
    "simulator",
    "database",
]

DUPLICATED_OR_MISSING_BARS = """
    SELECT venue, symbol, count(*), count(DISTINCT open_time),
           1 + extract(epoch FROM max(open_time) - min(open_time))::bigint / 60
    FROM bars
    WHERE timeframe = '1m' AND open_time > now() - interval '8 hours'
    GROUP BY venue, symbol
    HAVING count(*) <> 1 + extract(epoch FROM max(open_time) - min(open_time))::bigint / 60
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with System(tmp_path_factory.mktemp("crashes")) as running:
        running.wait_for("paper fill", lambda: running.get("/api/v1/fills"), timeout_s=200)
        yield running


def _wait_for_all(system: System) -> None:
    """Wait until every process is ready: others may start anew because of the one that was killed."""
    system.wait_for(
        "start of every process",
        lambda: all(process["state"] == "ready" for process in system.status().values()),
        timeout_s=240,
    )


def _ledger(system: System) -> dict[str, str]:
    return {
        fill["fill_id"]: f"{fill['symbol']} {fill['size']}" for fill in system.get("/api/v1/fills?limit=1000")
    }


def _waited_for_a_core_s(pid: int) -> float:
    """How long a process and its children could have run, had others not held the processor's cores."""
    process = psutil.Process(pid)
    waited_ns = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(OSError):
            waited_ns += int(Path(f"/proc/{each.pid}/schedstat").read_text().split()[1])
    return waited_ns / 1e9


@pytest.mark.parametrize("name", PROCESSES)
def test_a_killed_process_is_back_within_twenty_seconds(system: System, name: str) -> None:
    _wait_for_all(system)
    before = system.status()[name]
    ledger_before = system.wait_for("ledger", lambda: _ledger(system), timeout_s=30)

    os.kill(before["pid"], signal.SIGKILL)
    killed_at = time.monotonic()

    system.wait_for(
        f"{name} again",
        lambda: (now := system.status()[name])["state"] == "ready" and now["pid"] != before["pid"],
        timeout_s=120,
    )
    took_s = time.monotonic() - killed_at
    assert took_s - _waited_for_a_core_s(system.status()[name]["pid"]) < 20
    ledger = system.wait_for("ledger", lambda: _ledger(system), timeout_s=30)
    assert ledger_before.items() <= ledger.items()


def test_after_all_crashes_prices_flow_and_positions_equal_the_sum_of_fills(system: System) -> None:
    for venue in ("binance", "coinbase", "kraken"):
        system.wait_for(
            f"fresh price of {venue}",
            lambda venue=venue: any(
                row["venue"] == venue and row["age_ms"] < 5_000
                for market in system.get("/api/v1/markets")
                for row in market["venues"]
            ),
            timeout_s=30,
        )
    system.wait_for("halt", lambda: system.api.post("/api/v1/trading/halt", json={}).is_success, timeout_s=20)
    rebuilt: dict[str, float] = {}
    for fill in system.get("/api/v1/fills?limit=1000"):
        sign = 1 if fill["side"] == "buy" else -1
        rebuilt[fill["symbol"]] = rebuilt.get(fill["symbol"], 0.0) + sign * float(fill["size"])
    held: dict[str, float] = {}
    for position in system.get("/api/v1/positions"):
        held[position["symbol"]] = held.get(position["symbol"], 0.0) + float(position["size"])
    assert {symbol: pytest.approx(size) for symbol, size in rebuilt.items() if abs(size) > 1e-9} == held


def test_after_all_crashes_no_bar_is_missing_or_doubled(system: System) -> None:
    system.wait_for(
        "bars without a hole",
        lambda: not system.query(DUPLICATED_OR_MISSING_BARS) or None,
        timeout_s=150,
    )
