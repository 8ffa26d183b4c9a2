"""The data plane as processes: what the venue sent is in the table, whoever was killed meanwhile."""

import signal
import time
from collections.abc import Iterator

import pytest

from benchmarks.dataplane_system import DataPlane
from market.clock import NS_PER_S, SystemClock
from runtime.postgres import connect
from tests.support.servers import until

RATE = 400.0
PAUSED = 0.001

pytestmark = [pytest.mark.crash, pytest.mark.timeout(400)]


@pytest.fixture(params=["postgres", "kafka"])
def plane(request: pytest.FixtureRequest) -> Iterator[DataPlane]:
    with DataPlane(request.param, venues=("binance",)) as running:
        running.set_rate(RATE)
        time.sleep(2)
        yield running


def _settle(plane: DataPlane) -> tuple[int, int]:
    """Stop the pump; return how many trades were sent and how many are in the table."""
    plane.set_rate(PAUSED)
    time.sleep(1)
    sent = plane.trades_sent()
    written, _ = plane.wait_until_written(sent, 60)
    return sent, written


def _count(plane: DataPlane, query: str) -> int:
    with connect(plane.settings) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(str(row[0]))


def test_killed_flows_lose_and_repeat_nothing(plane: DataPlane) -> None:
    for _ in range(2):
        plane.stop("flows", signal.SIGKILL)
        plane.start("flows")
        time.sleep(1)
    sent, written = _settle(plane)
    assert sent == written > RATE
    assert (
        _count(plane, "SELECT count(*) FROM (SELECT DISTINCT symbol, trade_id FROM trades) AS t") == written
    )
    assert _count(plane, "SELECT count(*) FROM quarantine") == 0


def test_a_database_that_is_away_for_a_while_costs_nothing(plane: DataPlane) -> None:
    plane.stop("database", signal.SIGTERM)
    time.sleep(3)
    plane.start("database")
    sent, written = _settle(plane)
    assert sent == written > RATE


def test_a_killed_collector_comes_back_and_its_minute_is_left_to_the_venues_own_bar(plane: DataPlane) -> None:
    minute_s = SystemClock().now_ns() // NS_PER_S // 60 * 60
    plane.stop("collector-binance", signal.SIGKILL)
    plane.start("collector-binance")
    time.sleep(2)
    assert _settle(plane)[1] > RATE
    venues_own = "SELECT count(*) FROM bars WHERE source = 'venue'"
    until(lambda: _count(plane, venues_own) >= 4990, timeout_s=60, what="the history")
    of_the_minute = f"FROM bars WHERE open_time = to_timestamp({minute_s})"
    until(lambda: _count(plane, f"SELECT count(*) {of_the_minute}") == 5, timeout_s=150, what="its bars")
    assert _count(plane, f"SELECT count(*) {of_the_minute} AND source <> 'venue'") == 0
