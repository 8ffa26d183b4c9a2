"""One command: from exchange frames to a paper trade on the dashboard, in a real browser."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from runtime.ports import is_port_free
from tests.e2e.system import CHROMIUM, System
from tests.support.ports import SYSTEM

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

VENUES = ("binance", "coinbase", "kraken")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole-system")


@pytest.fixture(scope="module")
def system(data_dir: Path) -> Iterator[System]:
    with System(data_dir) as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: install it (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1440, "height": 900})
        browser.close()


def test_a_first_start_trades_on_paper_within_three_minutes(system: System) -> None:
    system.wait_for("healthy process", lambda: system.status()["database"]["state"] == "ready", timeout_s=60)
    healthy_at = time.monotonic()
    system.wait_for("paper fill", lambda: system.get("/api/v1/fills"), timeout_s=180)
    system.wait_for("forecast", lambda: system.get("/api/v1/forecasts"), timeout_s=180)
    assert time.monotonic() - healthy_at < 180
    venues = {row["venue"] for market in system.get("/api/v1/markets") for row in market["venues"]}
    assert venues == set(VENUES)


def test_the_dashboard_shows_prices_forecast_and_fill(system: System, page: Page) -> None:
    page.goto(system.url)
    expect(page.get_by_test_id("connection-state")).to_have_text(re.compile("live", re.I), timeout=20_000)
    for venue in VENUES:
        price = page.locator(f'[data-testid="watchlist-row-BTC/USDT"] [data-venue="{venue}"]')
        expect(price).to_contain_text(re.compile(r"\d"), timeout=20_000)
    version = page.get_by_test_id("forecast-BTC/USDT").get_by_test_id("forecast-version")
    expect(version).to_contain_text(re.compile(r"\w"), timeout=20_000)
    page.get_by_role("tab", name=re.compile("fills", re.I)).click()
    expect(page.get_by_test_id("fill-row").first).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("chart")).to_be_visible()


def test_a_quick_training_runs_by_itself(system: System) -> None:
    evaluated = system.wait_for(
        "model evaluation",
        lambda: {row[0] for row in system.query("SELECT symbol FROM model_evaluations")},
        timeout_s=240,
    )
    assert evaluated <= {"BTC/USDT", "ETH/USDT"}


def test_ctrl_c_leaves_nothing_and_a_second_run_continues(system: System) -> None:
    fills_before = {fill["fill_id"] for fill in system.get("/api/v1/fills?limit=1000")}
    system.api.post("/api/v1/trading/halt", json={"reason": "end of the first run"}).raise_for_status()
    fills_before |= {fill["fill_id"] for fill in system.get("/api/v1/fills?limit=1000")}
    positions_before = {
        (row["symbol"], row["strategy"]): row["size"] for row in system.get("/api/v1/positions")
    }

    seconds = system.stop()

    assert seconds < 15
    assert system.descendants() == []
    assert all(is_port_free(system.port_base + offset) for offset in SYSTEM)

    system.start()
    system.wait_for("recovered ledger", lambda: system.get("/api/v1/status"), timeout_s=90)
    assert system.get("/api/v1/status")["trading_state"] == "HALTED"
    assert {fill["fill_id"] for fill in system.get("/api/v1/fills?limit=1000")} == fills_before
    positions = {(row["symbol"], row["strategy"]): row["size"] for row in system.get("/api/v1/positions")}
    assert positions == positions_before
