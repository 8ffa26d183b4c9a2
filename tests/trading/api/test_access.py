"""Who may ask: closed by default, and said in one line why."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect as open_websocket

from market.clock import NS_PER_S, ManualClock
from runtime.errors import EXIT_MISCONFIGURED, SettingsError
from runtime.settings import CoreSettings, load
from tests.support.servers import START_S, fresh_database
from tests.trading.api.service import Market, Service, running
from trading.api.access import ATTEMPTS_MAX, COOKIE, SESSION_S, WINDOW_S, Access
from trading.api.problems import Forbidden, TooManyAttempts, Unauthorized
from trading.api.wiring import LiveService
from trading.errors import TradingError
from trading.settings import TradingSettings
from trading.strategy_framework.errors import StrategyError

TOKEN = "a-token-of-sufficient-length"


@pytest.fixture(scope="module")
def closed_service(postgres_server: CoreSettings) -> Iterator[Service]:
    with (
        fresh_database(postgres_server) as fresh,
        Market(fresh),
        running(fresh, TIDEGATE_ACCESS_TOKEN=TOKEN) as started,
    ):
        started.wait_ready()
        yield started


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "10.0.0.1"]
)
def test_a_rebound_host_name_is_refused(service: Service, host: str) -> None:
    answer = service.http.get("/api/v1/status", headers={"Host": host})
    assert answer.status_code in {400, 403}
    if answer.status_code == 403:
        assert answer.json()["code"] == "access.host"


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "[::1]:80"])
def test_loopback_names_are_ours(service: Service, host: str) -> None:
    assert service.http.get("/api/v1/status", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_may_not_halt(service: Service, headers: dict[str, str]) -> None:
    answer = service.http.post("/api/v1/trading/halt", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "access.origin")
    assert service.get("/api/v1/status")["trading_state"] != "HALTED"


def test_our_own_page_may_halt(service: Service) -> None:
    answer = service.http.post("/api/v1/trading/halt", json={}, headers={"Origin": service.url})
    assert answer.status_code == 200
    service.http.post("/api/v1/trading/resume", json={"confirm": "RESUME"}).raise_for_status()


def test_another_site_may_not_listen_to_the_stream(service: Service) -> None:
    with (
        pytest.raises(InvalidStatus) as caught,
        open_websocket(service.stream_url, origin="http://evil.example"),
    ):
        pass
    assert caught.value.response.status_code == 403


def test_without_a_token_nothing_but_pages_and_probes_is_open(closed_service: Service) -> None:
    http = closed_service.http
    for path in ("/api/v1/status", "/api/v1/fills", "/metrics", "/docs", "/openapi.json", "/api/v1/nothing"):
        answer = http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "access.unauthorized")
    assert http.post("/api/v1/trading/halt", json={}).status_code == 401
    for path in ("/", "/healthz", "/readyz"):
        assert http.get(path).status_code == 200
    with pytest.raises(InvalidStatus) as caught, open_websocket(closed_service.stream_url):
        pass
    assert caught.value.response.status_code == 401


def test_a_bearer_token_opens(closed_service: Service) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert closed_service.http.get("/api/v1/status", headers=headers).status_code == 200
    with open_websocket(closed_service.stream_url, additional_headers=headers) as stream:
        assert '"type":"hello"' in str(stream.recv(timeout=30))


def test_a_session_cookie_opens_until_it_is_closed(closed_service: Service) -> None:
    with httpx.Client(base_url=closed_service.url) as browser:
        answer = browser.post("/api/v1/session", json={"token": TOKEN})
        assert answer.status_code == 204
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert browser.get("/api/v1/status").status_code == 200
        halted = browser.post("/api/v1/trading/halt", json={}).json()
        assert halted["halted_by"] == "operator at 127.0.0.1"
        browser.delete("/api/v1/session")
        assert browser.get("/api/v1/status").status_code == 401


def test_a_forged_cookie_does_not_open(closed_service: Service) -> None:
    for value in ("x", "9999999999.a.b", f"9999999999.{TOKEN}.", "é.é.é"):
        headers = {"Cookie": f"{COOKIE}={value}".encode()}
        assert (
            httpx.get(f"{closed_service.url}/api/v1/status", headers=headers, timeout=30).status_code == 401
        )


def test_wrong_tokens_are_limited(closed_service: Service) -> None:
    codes = [
        closed_service.http.post("/api/v1/session", json={"token": f"wrong {number}"}).status_code
        for number in range(ATTEMPTS_MAX + 1)
    ]
    assert codes == [401] * ATTEMPTS_MAX + [429]
    answer = closed_service.http.post("/api/v1/session", json={"token": TOKEN})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= WINDOW_S


def test_the_token_is_in_no_log(closed_service: Service) -> None:
    assert TOKEN not in closed_service.log_path.read_text()


def test_the_limit_ends_with_its_window() -> None:
    clock = ManualClock(10**18)
    access = Access(bind_host="127.0.0.1", token=TOKEN, clock=clock)
    for _ in range(ATTEMPTS_MAX):
        with pytest.raises(Unauthorized):
            access.open_session("wrong", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        access.open_session(TOKEN, "10.0.0.1")
    assert access.open_session(TOKEN, "10.0.0.2")
    clock.advance((WINDOW_S + 1) * NS_PER_S)
    assert access.open_session(TOKEN, "10.0.0.1")


def test_a_session_ends_after_its_time_and_survives_a_restart() -> None:
    clock = ManualClock(10**18)
    cookie = Access(bind_host="0.0.0.0", token=TOKEN, clock=clock).open_session(TOKEN, "a")
    restarted = Access(bind_host="0.0.0.0", token=TOKEN, clock=clock)
    headers = {"host": "a", "cookie": f"{COOKIE}={cookie}"}

    def refusal() -> object:
        return restarted.refusal(method="GET", path="/api/v1/status", headers=headers, address="a")

    assert refusal() is None
    clock.advance(SESSION_S * NS_PER_S)
    assert isinstance(refusal(), Unauthorized)


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({"host": "["}, None),
        ({"host": "[::1"}, None),
        ({"host": "a", "origin": "http://["}, TOKEN),
    ],
)
def test_an_address_that_can_not_be_read_is_refused(headers: dict[str, str], token: str | None) -> None:
    access = Access(bind_host="127.0.0.1", token=token, clock=ManualClock())
    refused = access.refusal(method="POST", path="/api/v1/trading/halt", headers=headers, address="a")
    assert isinstance(refused, Forbidden)


def test_an_open_address_needs_a_token_and_a_token_some_length() -> None:
    with pytest.raises(SettingsError, match="set TIDEGATE_ACCESS_TOKEN too"):
        Access(bind_host="0.0.0.0", token=None, clock=ManualClock())
    with pytest.raises(SettingsError, match="fewer than 16 characters"):
        Access(bind_host="0.0.0.0", token="short", clock=ManualClock())


@pytest.mark.parametrize(
    ("core", "trading", "said"),
    [
        ({"bind_host": "0.0.0.0"}, {}, "set TIDEGATE_ACCESS_TOKEN too"),
        ({}, {"strategies": ("nope",)}, "there is no strategy 'nope'"),
        ({}, {"strategies": ("absent.py",)}, "absent.py: can't be read"),
        ({}, {"mode": "live"}, "TIDEGATE_TRADING_LIVE_CONFIRM"),
        ({"symbols": ("BTC/EUR",)}, {}, "BTC/EUR is quoted in EUR"),
    ],
)
def test_a_bad_setting_is_refused_before_anything_starts(
    live_settings: CoreSettings, core: dict[str, object], trading: dict[str, object], said: str
) -> None:
    with pytest.raises((SettingsError, TradingError, StrategyError), match=re.escape(said)):
        LiveService(
            live_settings.model_copy(update=core),
            TradingSettings().model_copy(update=trading),
            clock=ManualClock(),
            on_fatal=lambda _: None,
        )


def test_a_misspelt_setting_refuses_to_start_in_one_line(live_settings: CoreSettings) -> None:
    service = Service(live_settings, TIDEGATE_TRADING_STRATEGY="x")
    done = subprocess.run(
        [sys.executable, "-m", "trading.api"],
        cwd=Path(__file__).parents[3],
        env=service._environment,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    assert done.returncode == EXIT_MISCONFIGURED
    assert "did you mean TIDEGATE_TRADING_STRATEGIES?" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_setting_that_should_be_json_is_named_with_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_TRADING_STRATEGY_CAPITAL", "{grid: 5000}")
    said = r"^TIDEGATE_TRADING_STRATEGY_CAPITAL is not JSON \(.*\); it is capital by strategy, as \{\"grid\""
    with pytest.raises(SettingsError, match=said):
        load(TradingSettings)


def test_a_busy_port_refuses_to_start_in_one_line(service: Service) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trading.api"],
        cwd=Path(__file__).parents[3],
        env=service._environment,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    assert done.returncode == 1
    assert f"port {service.settings.api_port} is taken" in done.stderr
    assert "Traceback" not in done.stderr
