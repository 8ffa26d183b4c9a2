"""The simulator as a process: what it sends, counts, breaks and says when something is wrong."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from runtime.errors import EXIT_FAILED, EXIT_MISCONFIGURED
from tests.support.servers import START_S, until
from tests.support.simulators import ROOT, Running, running_simulator

TRADES = {
    "binance": ("/stream?streams=btcusdt@trade/ethusdt@trade/solusdt@trade/xrpusdt@trade/dogeusdt@trade", []),
    "coinbase": ("/", [{"type": "subscribe", "channel": "market_trades", "product_ids": []}]),
    "kraken": (
        "/v2",
        [
            {
                "method": "subscribe",
                "params": {
                    "channel": "trade",
                    "symbol": ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT"],
                    "snapshot": False,
                },
            }
        ],
    ),
}


@asynccontextmanager
async def _client(running: Running, venue: str, path: str | None = None) -> AsyncIterator[ClientConnection]:
    default, messages = TRADES[venue]
    url = f"ws://127.0.0.1:{running.port}/{venue}{default if path is None else path}"
    async with connect(url, max_size=None, open_timeout=30) as socket_:
        for message in messages if path is None else []:
            await socket_.send(json.dumps(message))
        yield socket_


def _trades(frame: Any) -> int:
    if frame.get("channel") == "trade" and frame["type"] == "update":
        return len(frame["data"])
    if frame.get("channel") == "market_trades" and frame["events"][0]["type"] == "update":
        return len(frame["events"][0]["trades"])
    return int(frame.get("stream", "").endswith("@trade"))


async def _count_until_closed(client: ClientConnection) -> int:
    count = 0
    try:
        async for message in client:
            count += _trades(json.loads(message))
    except ConnectionClosed:
        pass
    return count


async def _read_documents(client: ClientConnection) -> None:
    while True:
        json.loads(await asyncio.wait_for(client.recv(), 30))


async def _until_all_hear(running: Running) -> None:
    async with asyncio.timeout(30):
        heard: set[str] = set()
        while heard != TRADES.keys():
            counts = await asyncio.to_thread(running.get, "/control/counts")
            heard = {venue for venue, sent in counts.items() if sent.get("frames")}


async def _post(running: Running, path: str, document: object) -> Any:
    return await asyncio.to_thread(running.post, path, document)


async def test_bench_mode_sends_the_asked_rate_and_counts_what_each_client_got() -> None:
    with running_simulator() as running:
        async with (
            _client(running, "binance") as binance,
            _client(running, "coinbase") as coinbase,
            _client(running, "kraken") as kraken,
        ):
            clients = (binance, coinbase, kraken)
            counting = [asyncio.create_task(_count_until_closed(client)) for client in clients]
            await _until_all_hear(running)
            before = await asyncio.to_thread(running.get, "/control/counts")
            began = time.monotonic()
            await _post(running, "/control/rate", {"updates_per_s": 3000})
            await asyncio.sleep(2)
            await _post(running, "/control/rate", {"updates_per_s": None})
            seconds = time.monotonic() - began
            for venue in TRADES:
                await _post(running, "/control/faults", {"kind": "disconnect", "venue": venue})
            received = await asyncio.gather(*counting)
            counts = await asyncio.to_thread(running.get, "/control/counts")
    assert received == [counts[venue]["trades"] for venue in TRADES]
    pumped = sum(counts[venue]["trades"] - before[venue]["trades"] for venue in TRADES)
    assert 2000 < pumped / seconds < 4000, "3,000 a second, and a busy machine's slack"
    assert running.process.returncode == 0


async def test_garbage_and_stalls_reach_the_client(simulator: Running) -> None:
    async with _client(simulator, "binance", "/stream?streams=btcusdt@bookTicker") as client:
        await asyncio.wait_for(client.recv(), 30)
        await _post(simulator, "/control/faults", {"kind": "garbage", "venue": "binance"})
        with pytest.raises(json.JSONDecodeError):
            await _read_documents(client)
        await _post(simulator, "/control/faults", {"kind": "stall", "venue": "binance", "duration_s": 3})
        pause_s, before = 0.0, time.monotonic()
        while pause_s < 1.0:  # what was sent before it comes first
            await asyncio.wait_for(client.recv(), 30)
            pause_s, before = time.monotonic() - before, time.monotonic()


@pytest.mark.parametrize(
    ("path", "document", "part"),
    [
        ("/control/faults", {"kind": "meteor", "venue": "binance"}, "meteor"),
        ("/control/faults", {"kind": "gap", "venue": "nyse"}, "no venue 'nyse'"),
        ("/control/faults", {"kind": "gap", "venue": "kraken", "symbol": "FOO/BAR"}, "no market 'FOO/BAR'"),
        ("/control/faults", {"kind": "gap", "venue": "kraken", "strength": 3}, "strength"),
        ("/control/rate", {"updates_per_s": -1}, "above 0"),
        ("/control/rate", [], "object"),
    ],
)
def test_a_control_request_that_makes_no_sense_says_why(
    simulator: Running, path: str, document: object, part: str
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        simulator.post(path, document)
    with refusal.value as answer:
        assert answer.code == 400
        assert part in json.loads(answer.read())["error"]


def test_health_and_metrics_are_served(simulator: Running) -> None:
    assert simulator.get("/healthz") == {"status": "alive"}
    assert simulator.get("/readyz") == {"status": "ready"}
    with urllib.request.urlopen(simulator.url("/metrics"), timeout=30) as answer:
        assert b"simulator_frames_total" in answer.read()
    with pytest.raises(urllib.error.HTTPError) as missing:
        simulator.get("/nyse/api")
    with missing.value as answer:
        assert "/binance/" in json.loads(answer.read())["error"]


async def test_a_websocket_at_a_wrong_path_is_refused(simulator: Running) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with _client(simulator, "kraken", "/v9"):
            pass
    assert refusal.value.response.status_code == 404


def test_bytes_that_are_no_http_are_answered_and_cut_off(simulator: Running) -> None:
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=30) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 400")


def test_a_client_that_does_not_read_is_dropped() -> None:
    with (
        running_simulator(TIDEGATE_SIMULATOR_UPDATES_PER_S="50") as running,
        socket.create_connection(("127.0.0.1", running.port), timeout=30) as client,
    ):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = f"GET /binance{TRADES['binance'][0]} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        request += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        request += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        client.sendall(request.encode())
        assert client.recv(12) == b"HTTP/1.1 101"
        running.post("/control/rate", {"updates_per_s": 60_000})
        until(
            lambda: not running.get("/control/counts")["binance"]["connections"],
            timeout_s=START_S,
            what="the client is dropped",
        )
        with urllib.request.urlopen(running.url("/metrics"), timeout=30) as answer:
            assert b'simulator_clients_dropped_total{venue="binance"} 1.0' in answer.read()


def _run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    environment |= {"PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=START_S, check=False
    )


def test_a_busy_port_is_named_in_one_line(simulator: Running) -> None:
    result = _run(TIDEGATE_PORT_BASE=str(simulator.port - 100))
    assert result.returncode == 1
    assert f"port {simulator.port} is in use" in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("TIDEGATE_SIMULATOR_SEEED", "1", "TIDEGATE_SIMULATOR_SEED"),
        ("TIDEGATE_SIMULATOR_UPDATES_PER_S", "-3", "greater than 0"),
        ("TIDEGATE_SYMBOLS", "BTCUSDT", "write it as BTC/USDT"),
        ("TIDEGATE_RECORDING", "/nowhere/at/all", "there is no recording"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str, part: str) -> None:
    result = _run(**{name: value})
    assert result.returncode in {EXIT_FAILED, EXIT_MISCONFIGURED}
    assert part in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
