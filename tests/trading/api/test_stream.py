"""The WebSocket stream of the real service: order, conflation, many clients."""

import asyncio
import json
import statistics
import time
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from market.clock import NS_PER_MS
from market.events import LiveFrame
from market.topics import LIVE
from tests.trading.api.service import CLOCK, Market, Service, frame

PLAIN = {"compression": None}


async def receive(stream: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await asyncio.wait_for(stream.recv(), 30))
    return message


async def receive_until(stream: ClientConnection, *kinds: str) -> list[dict[str, Any]]:
    """Return what comes until each kind has come."""
    messages, missing = [], set(kinds)
    while missing:
        messages.append(await receive(stream))
        missing.discard(messages[-1]["type"])
    return messages


async def prices_until(stream: ClientConnection, newest: LiveFrame) -> int:
    """Receive until its instrument's price is as new as the frame; return how many messages had prices."""
    count = 0
    while True:
        message = await receive(stream)
        if message["type"] == "prices":
            count += 1
            rows = {(row["symbol"], row["venue"]): int(row["ts_init_ns"]) for row in message["rows"]}
            if rows.get((newest.symbol, newest.venue), 0) >= newest.ts_init:
                return count


async def test_a_client_is_greeted_and_hears_everything_in_order(service: Service) -> None:
    async with connect(service.stream_url, **PLAIN) as stream:
        hello = await receive(stream)
        assert (hello["type"], hello["interval_ms"]) == ("hello", 100)
        assert hello["status"]["mode"] == "paper"
        kinds = ("prices", "portfolio", "feeds", "heartbeat")
        messages = await receive_until(stream, *kinds)
        numbers = [message["seq"] for message in (hello, *messages)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert messages[0]["type"] == "prices"
        row = messages[0]["rows"][0]
        assert {"symbol", "venue", "bid", "ask", "last", "bid_size", "ask_size"} <= row.keys()
        assert isinstance(row["bid"], str)
        assert int(row["ts_init_ns"]) // NS_PER_MS == row["ts_init_ms"]


async def test_an_order_and_its_fill_are_told_at_once(service: Service) -> None:
    async with connect(service.stream_url, **PLAIN) as stream:
        await receive(stream)
        signal = {"id": "streamed", "symbol": "BTC/USDT", "direction": "enter_long", "stake": "500"}
        order = (await asyncio.to_thread(service.http.post, "/api/v1/signals", json=signal)).json()
        missing = {"order", "fill", "portfolio", "positions"}
        while missing:  # strategies may trade meanwhile: theirs is told too
            message = await receive(stream)
            about = message.get(message["type"])
            is_theirs = message["type"] in {"order", "fill"} and (
                about["client_order_id"] != order["client_order_id"]
            )
            missing -= set() if is_theirs else {message["type"]}


async def test_a_halt_reaches_every_client(service: Service) -> None:
    async with connect(service.stream_url, **PLAIN) as first, connect(service.stream_url, **PLAIN) as second:
        await asyncio.to_thread(service.http.post, "/api/v1/trading/halt", json={"reason": "seen by all"})
        try:
            for stream in (first, second):
                status: dict[str, Any] = {}
                while status.get("trading_state") != "HALTED":  # others may come first
                    status = (await receive_until(stream, "status"))[-1]["status"]
                assert status["reason"] == "seen by all"
        finally:
            await asyncio.to_thread(service.http.post, "/api/v1/trading/resume", json={"confirm": "RESUME"})


async def test_prices_are_conflated_to_the_interval_and_keep_the_newest(
    service: Service, market: Market
) -> None:
    url, began = f"{service.stream_url}?interval_ms=500", time.monotonic()
    async with connect(url, **PLAIN) as slow, connect(f"{service.stream_url}?interval_ms=0", **PLAIN) as raw:
        for stream in (slow, raw):
            await receive_until(stream, "prices")
        for mark in range(1, 31):
            newest = frame("BTC/USDT", "kraken", mark, ts_init=CLOCK.now_ns())
            await asyncio.to_thread(market.send, LIVE, [newest])
            await prices_until(raw, newest)  # every one comes through where no interval holds it
        seen = await prices_until(slow, newest)
        assert seen <= (time.monotonic() - began) / 0.5 + 2


async def test_a_hundred_clients_get_the_same_series(service: Service) -> None:
    async def follow() -> tuple[list[int], float]:
        async with connect(service.stream_url, **PLAIN) as stream:
            messages = [await receive(stream) for _ in range(25)]
            ages = [
                message["ts_ms"] - row["ts_init_ms"]
                for message in messages[2:]
                if message["type"] == "prices"
                for row in message["rows"]
            ]
            return [message["seq"] for message in messages], statistics.median(ages or [0])

    results = await asyncio.gather(*(follow() for _ in range(100)))
    for numbers, _ in results:
        assert numbers == list(range(numbers[0], numbers[0] + 25))


@pytest.mark.parametrize("interval", ["-1", "1001", "fast"])
async def test_a_bad_interval_is_refused(service: Service, interval: str) -> None:
    with pytest.raises(Exception, match=r"403|1008|rejected|policy"):
        async with connect(f"{service.stream_url}?interval_ms={interval}", **PLAIN) as stream:
            await receive(stream)
