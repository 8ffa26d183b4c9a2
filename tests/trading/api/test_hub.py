"""The fan-out and the application around an engine in memory: slow clients, floods, pages."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect

from market.clock import ManualClock, SystemClock
from runtime.settings import CoreSettings
from tests.trading.api.service import SYMBOLS, VENUES, frame
from trading.api.access import Access
from trading.api.app import create_app
from trading.api.bar_store import BarStore
from trading.api.hub import BUFFER_BYTES_MAX, Client, Group, Hub
from trading.api.services import Services, StrategySheet
from trading.core.engine import Engine, EngineConfig
from trading.core.ledger import MemoryJournal
from trading.ports import Forecast

PROBLEM = "application/problem+json"


class Nothing:
    def sheets(self) -> list[StrategySheet]:
        return []

    def newest(self) -> list[Forecast]:
        return []


def memory_services(folder: Path) -> Services:
    clock = SystemClock()
    services = Services(
        symbols=SYMBOLS,
        venues=VENUES,
        clock=clock,
        access=Access(bind_host="127.0.0.1", token=None, clock=clock),
        hub=Hub(clock),
        bars=BarStore(CoreSettings(data_dir=folder)),
        strategies=Nothing(),
        forecasts=Nothing(),
        on_fatal=lambda _: None,
    )
    engine = Engine(EngineConfig(symbols=SYMBOLS, venues=VENUES), clock=clock, journal=MemoryJournal())
    engine.recover()
    services.recovered(engine)
    return services


@asynccontextmanager
async def serving(services: Services, dashboard: Path) -> AsyncIterator[int]:
    """Run the application on a free port of this loop."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(services, dashboard=dashboard)
    config = uvicorn.Config(
        app, ws="websockets-sansio", log_config=None, lifespan="off", ws_per_message_deflate=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    services.hub.start()
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listener.close()


def asking(app: FastAPI) -> httpx.AsyncClient:
    """Return a client of the application without a server between."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://127.0.0.1",
        headers={"Accept-Encoding": "identity"},
    )


async def until(condition: Callable[[], bool]) -> None:
    """Look again and again, for a minute at most."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # what is waited for tells nobody
            await asyncio.sleep(0.01)


async def test_a_client_that_does_not_read_is_closed_and_nobody_waits(tmp_path: Path) -> None:
    services = memory_services(tmp_path)
    async with serving(services, tmp_path) as port:
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", port))
        lines = ["GET /api/v1/stream?interval_ms=0 HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket"]
        lines += [
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        ]
        deaf.sendall("\r\n".join([*lines, "", ""]).encode())
        async with connect(f"ws://127.0.0.1:{port}/api/v1/stream?interval_ms=0", compression=None) as stream:
            assert json.loads(await stream.recv())["type"] == "hello"
            assert json.loads(await stream.recv())["type"] == "prices"
            await until(lambda: services.hub.client_count == 2)
            body = b'{"type":"heartbeat","pad":"' + b"x" * 60_000 + b'"}'
            for _ in range(400):
                services.hub.publish_encoded(body)
                assert len(await asyncio.wait_for(stream.recv(), 30)) > 60_000
                if services.hub.client_count == 1:
                    break
            assert services.hub.client_count == 1
        deaf.close()


def test_a_full_buffer_marks_a_client_and_keeps_nothing_more() -> None:
    client = Client()
    half = "x" * (BUFFER_BYTES_MAX // 2)
    client.put(half)
    client.put(half)
    assert not client.too_slow.is_set()
    client.put("x")
    assert client.too_slow.is_set()


async def test_a_hole_in_the_series_is_left_when_messages_were_missed() -> None:
    group, client = Group(100, ManualClock()), Client()
    group.clients.add(client)
    group.send(b'{"type":"heartbeat"}')
    group.skip()
    group.send(b'{"type":"heartbeat"}')
    numbers = [json.loads(await client.next())["seq"] for _ in range(2)]
    assert numbers[1] == numbers[0] + 2


async def test_frames_from_a_thread_wake_the_loop_once_and_keep_the_newest(tmp_path: Path) -> None:
    services = memory_services(tmp_path)
    hub, client = services.hub, Client()
    hub.start()
    hub.join(client, 0, services.status())
    await client.next()
    await client.next()

    def offer() -> None:
        for number in range(1, 501):
            hub.offer(frame("BTC/USDT", "kraken", number, ts_init=number))

    await asyncio.to_thread(offer)
    newest = 0
    while newest < 500:
        rows = json.loads(await asyncio.wait_for(client.next(), 30))["rows"]
        assert len(rows) == 1
        assert int(rows[0]["ts_init_ns"]) > newest
        newest = int(rows[0]["ts_init_ns"])


async def test_the_dashboards_files_are_cached_compressed_and_guarded(tmp_path: Path) -> None:
    out = tmp_path / "out"
    static = out / "_next" / "static"
    static.mkdir(parents=True)
    (out / "index.html").write_text("<html><script>let a = 1;</script><script src='/x.js'></script></html>")
    (out / "orders").mkdir()
    (out / "orders" / "index.html").write_text("<html>orders</html>")
    (out / "404.html").write_text("<html>none</html>")
    (static / "app.js").write_text("plain")
    (static / "app.js.br").write_bytes(b"brotli")
    services = memory_services(tmp_path)
    app = create_app(services, dashboard=out)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://127.0.0.1",
        headers={"Accept-Encoding": "identity"},
    ) as http:
        page = await http.get("/")
        policy = page.headers["content-security-policy"]
        assert "script-src 'self' 'sha256-" in policy
        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["x-content-type-options"] == "nosniff"
        again = await http.get("/", headers={"If-None-Match": page.headers["etag"]})
        assert again.status_code == 304
        assert (await http.get("/orders/")).text == (await http.get("/orders")).text == "<html>orders</html>"
        script = await http.get("/_next/static/app.js")
        assert "immutable" in script.headers["cache-control"]
        async with http.stream(
            "GET", "/_next/static/app.js", headers={"Accept-Encoding": "br, gzip"}
        ) as brotli:
            assert brotli.headers["content-encoding"] == "br"
            assert b"".join([part async for part in brotli.aiter_raw()]) == b"brotli"
        for path in ("/nothing", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"):
            missing = await http.get(path)
            assert (missing.status_code, missing.text) == (404, "<html>none</html>")
        assert (await http.post("/")).status_code == 405


async def test_without_a_build_a_plain_page_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(memory_services(tmp_path), dashboard=tmp_path / "absent")
    async with asking(app) as http:
        assert "make run" in (await http.get("/")).text


async def test_before_the_recovery_everything_but_the_probe_of_life_is_not_ready(tmp_path: Path) -> None:
    services = memory_services(tmp_path)
    services._engine = None
    app = create_app(services, dashboard=tmp_path)
    async with asking(app) as http:
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["reasons"]) == (
            503,
            {"engine": "the ledger is being rebuilt"},
        )
        assert (await http.get("/healthz")).status_code == 200
        status = await http.get("/api/v1/status")
        assert (status.status_code, status.json()["code"]) == (503, "api.not_ready")


@pytest.fixture(scope="module")
def memory_app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(memory_services(tmp_path_factory.getbasetemp()), dashboard=Path("absent"))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(
    ["id", "strategy", "symbol", "direction", "strength", "horizon_s", "tag", "stake", "size", "limit_price"]
)
nearly = st.dictionaries(
    fields, anything | st.sampled_from(["BTC/USDT", "enter_long", "exit_long", "1", "a"])
)


@given(body=nearly | anything)
@settings(deadline=None, max_examples=80)
def test_no_signal_whatever_it_holds_breaks_the_service(memory_app: FastAPI, body: Any) -> None:
    async def send() -> httpx.Response:
        async with asking(memory_app) as http:
            return await http.post("/api/v1/signals", json=body)

    answer = asyncio.run(send())
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.headers["content-type"] == PROBLEM


queries = st.dictionaries(
    st.sampled_from(["symbol", "venue", "timeframe", "limit", "open_only", "x"]),
    st.text(max_size=15),
    max_size=4,
)
paths = st.sampled_from(
    ["status", "portfolio", "positions", "orders", "fills", "markets", "forecasts", "feeds"]
)


@given(path=paths, query=queries)
@settings(deadline=None, max_examples=60)
def test_no_query_whatever_it_holds_breaks_the_service(
    memory_app: FastAPI, path: str, query: dict[str, str]
) -> None:
    async def ask() -> httpx.Response:
        async with asking(memory_app) as http:
            return await http.get(f"/api/v1/{path}", params=query)

    assert asyncio.run(ask()).status_code in {200, 422}
