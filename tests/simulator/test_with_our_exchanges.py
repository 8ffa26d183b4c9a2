"""Our own exchange code against the simulator: every frame is understood, every book is whole."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from market.clock import NS_PER_S, SystemClock
from market.events import Bar
from streaming.exchanges import binance, coinbase, kraken
from streaming.exchanges._interface import Decoded, Exchange, FetchSnapshot
from tests.simulator.conftest import Running

SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT"]
EXCHANGES: list[Exchange] = [binance.EXCHANGE, coinbase.EXCHANGE, kraken.EXCHANGE]
CLOCK = SystemClock()


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.venue)
async def test_every_frame_is_understood_and_every_book_is_whole(
    simulator: Running, exchange: Exchange
) -> None:
    (subscription,) = exchange.subscriptions(SYMBOLS)
    session = exchange.session(subscription.symbols)
    seen: Counter[str] = Counter()
    url = f"ws://127.0.0.1:{simulator.port}/{exchange.venue}{subscription.url_path}"
    async with connect(url, max_size=None) as socket, httpx.AsyncClient() as rest:
        for message in subscription.messages:
            await socket.send(message.decode())

        async def take(decoded: Decoded) -> None:
            assert not decoded.quarantined
            seen.update(type(event).__name__ for event in decoded.events)
            for action in decoded.actions:
                assert isinstance(action, FetchSnapshot)
                answer = await rest.get(simulator.url(f"/{exchange.venue}{action.rest_path}"))
                await take(session.on_rest(action.rest_path, answer.content, CLOCK.now_ns()))

        end_ns = CLOCK.now_ns() + 6 * NS_PER_S
        while CLOCK.now_ns() < end_ns:
            frame = await asyncio.wait_for(socket.recv(), 30)
            assert isinstance(frame, str)
            await take(session.on_frame(frame.encode(), CLOCK.now_ns()))
    assert seen["Trade"] > 5
    assert seen["Quote"] > 20
    assert seen["BookDelta"] > 20
    for symbol in SYMBOLS:
        book = session.book(symbol)
        assert book is not None
        assert not book.is_crossed
    assert all(checks.gaps == checks.checksum_failed == 0 for checks in session.checks().values())


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.venue)
def test_bars_and_instruments_are_understood(simulator: Running, exchange: Exchange) -> None:
    def get(path: str) -> Any:
        return httpx.get(simulator.url(f"/{exchange.venue}{path}"), timeout=60).content

    instruments = exchange.decode_instruments(get(exchange.instruments_request()))
    assert set(SYMBOLS) <= {instrument.symbol for instrument in instruments}
    now_ns = CLOCK.now_ns()
    body = get(exchange.bars_request("ETH/USDT", "1m", now_ns - 3600 * NS_PER_S, 30))
    bars: list[Bar] = exchange.decode_bars("ETH/USDT", "1m", body, now_ns)
    assert len(bars) >= 29
    assert all(bar.low <= bar.open <= bar.high and bar.volume > 0 for bar in bars)
