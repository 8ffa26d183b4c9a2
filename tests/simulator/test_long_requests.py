"""Bars of many hours take seconds to compute: nothing else may wait for them."""

import asyncio
import json
import time
import urllib.request

from websockets.asyncio.client import connect

from market.clock import NS_PER_MS, NS_PER_S
from simulator.dialects._interface import Request
from simulator.market_model.candles import Candles
from simulator.market_model.tape import Print
from tests.simulator.conftest import Running
from tests.simulator.venues import Venue

STREAMS = "/binance/stream?streams=btcusdt@bookTicker/ethusdt@bookTicker/solusdt@bookTicker"
LONG_S = 200
"""Long requests take two seconds on a quiet machine."""
HOURS = "/binance/api/v3/klines?symbol=DOGEUSDT&interval=1h&limit=1000"


async def test_frames_keep_flowing_while_a_long_request_runs(simulator: Running) -> None:
    def ask() -> tuple[int, float]:
        began = time.monotonic()
        with urllib.request.urlopen(simulator.url(HOURS), timeout=LONG_S) as answer:
            return len(json.loads(answer.read())), time.monotonic() - began

    async with connect(f"ws://127.0.0.1:{simulator.port}{STREAMS}") as socket:
        await asyncio.wait_for(socket.recv(), 30)
        asked = asyncio.create_task(asyncio.to_thread(ask))
        pauses, before = [], time.monotonic()
        while not asked.done():
            await asyncio.wait_for(socket.recv(), 30)
            now = time.monotonic()
            pauses.append(now - before)
            before = now
    rows, took_s = await asked
    assert rows == 1000
    assert took_s > 0.2, "else nothing is shown here"
    assert max(pauses) < took_s / 2
    assert len(pauses) > 10 * took_s


async def test_other_requests_are_answered_while_a_long_one_runs(simulator: Running) -> None:
    hours = HOURS.replace("DOGE", "XRP")

    def ask(path: str) -> float:
        with urllib.request.urlopen(simulator.url(path), timeout=LONG_S) as answer:
            answer.read()
        return time.monotonic()

    long = asyncio.create_task(asyncio.to_thread(ask, hours))
    await asyncio.sleep(0.05)
    short = [await asyncio.to_thread(ask, "/binance/api/v3/time") for _ in range(3)]
    assert short[-1] < await long


async def test_requests_on_one_connection_are_answered_in_their_order(simulator: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    for path in ("/kraken/0/public/OHLC?pair=XBTUSDT&interval=60", "/kraken/0/public/Time"):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    bodies = []
    for _ in range(2):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LONG_S)
        length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length"))
        bodies.append(json.loads(await reader.readexactly(int(length.partition(b":")[2]))))
    writer.close()
    assert "XBTUSDT" in bodies[0]["result"]
    assert "unixtime" in bodies[1]["result"]


def test_only_requests_for_bars_are_long() -> None:
    paths = {
        "/api/v3/klines": True,
        "/api/v3/ticker/24hr": True,
        "/api/v3/depth": False,
        "/api/v3/brokerage/market/products": True,
        "/api/v3/brokerage/market/products/BTC-USD": True,
        "/api/v3/brokerage/market/products/BTC-USD/candles": True,
        "/api/v3/brokerage/market/products/BTC-USD/ticker": False,
        "/0/public/OHLC": True,
        "/0/public/Trades": False,
        "": False,
    }
    assert {path: Request("GET", path, {}).is_long for path in paths} == paths


async def test_bars_are_whole_while_trades_are_served_from_another_thread() -> None:
    venue = Venue("binance")
    market = venue.gateway.markets["BTC/USDT"]
    minute = venue.now_ns // (60 * NS_PER_S)
    market.candles.serve_from(venue.now_ns)

    def read() -> list[Candles]:
        end_ns = venue.now_ns + 120 * 60 * NS_PER_S
        return [market.candles.minutes(minute - 30, minute + 120, end_ns) for _ in range(60)]

    reading = asyncio.create_task(asyncio.to_thread(read))
    for number in range(6000):
        trade = Print(venue.now_ns + number * NS_PER_MS, number, 100, 1, is_buy=True)
        market.candles.serve(minute + number // 60, [trade])
        if number % 50 == 0:
            await asyncio.sleep(0)
    for candles in await reading:
        assert len({len(column) for column in candles}) == 1
    last = market.candles.minutes(minute + 1, minute + 100, venue.now_ns + 120 * 60 * NS_PER_S)
    assert last.trade_count.tolist() == [60] * 99
