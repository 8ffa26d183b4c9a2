"""History from the venue: bars at the start, and those of every minute that was not seen whole.

A repair waits until the first whole minute begins, then asks for the bars since the outage, again
and again until the venue serves the last of them.
"""

import asyncio
from collections.abc import Callable

import structlog

from market.bars import first_whole_bar
from market.clock import NS_PER_S, Clock
from market.errors import BadMessage
from market.events import Bar
from market.timeframes import timeframe_ns
from streaming.collectors.rest import Rest
from streaming.exchanges._interface import Exchange

TIMEFRAME = "1m"
LENGTH_NS = timeframe_ns(TIMEFRAME)
BARS_MAX = 1000
PAGE_BARS = 300
"""Every venue serves this many at once; more are fetched page by page."""

SETTLE_NS = 2 * NS_PER_S
"""A venue needs a moment to publish a bar after its close."""

HISTORY_TRIES = 20
HISTORY_PAUSE_S = 2.0
HISTORY_PAUSE_S_MAX = 60.0
REPAIR_TRIES = 12
REPAIR_PAUSE_S = 5.0

log = structlog.get_logger()


class Backfill:
    """Fetch bars of one venue and hand them over."""

    def __init__(self, exchange: Exchange, rest: Rest, clock: Clock, on_bars: Callable[[list[Bar]], None]):
        """Take the venue and who gets the bars."""
        self._exchange = exchange
        self._rest = rest
        self._clock = clock
        self._on_bars = on_bars
        self._broken_since: dict[str, int] = {}
        self._repairs: dict[str, asyncio.Task[None]] = {}

    async def fetch_history(self, symbols: list[str], limit: int) -> None:
        """Fetch the last `limit` closed bars of each symbol; what fails is tried again later."""
        missing = list(symbols) if limit else []
        pause_s = HISTORY_PAUSE_S
        for _ in range(HISTORY_TRIES):
            since_ns = self._clock.now_ns() - limit * LENGTH_NS
            missing = [symbol for symbol in missing if not await self._fetch(symbol, since_ns, limit)]
            if not missing:
                return
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, HISTORY_PAUSE_S_MAX)
        log.warning("history_not_fetched", symbols=missing)

    def note_outage(self, symbol: str, since_ns: int) -> None:
        """Remember that trades of `symbol` may be missing from `since_ns` on."""
        self._broken_since[symbol] = min(since_ns, self._broken_since.get(symbol, since_ns))

    def repair(self, symbol: str, live_ns: int) -> None:
        """Trades are whole again from `live_ns` on: fetch what lies before, once it is closed."""
        self.note_outage(symbol, live_ns)
        if previous := self._repairs.get(symbol):
            previous.cancel()
        self._repairs[symbol] = asyncio.ensure_future(self._repair(symbol, live_ns))

    def close(self) -> None:
        """Give up the repairs under way."""
        for task in self._repairs.values():
            task.cancel()

    async def _repair(self, symbol: str, live_ns: int) -> None:
        whole_from = first_whole_bar(live_ns, TIMEFRAME)
        since = self._broken_since[symbol] // LENGTH_NS * LENGTH_NS
        since = max(since - LENGTH_NS, whole_from - BARS_MAX * LENGTH_NS)
        await asyncio.sleep(max(0, whole_from + SETTLE_NS - self._clock.now_ns()) / NS_PER_S)
        for _ in range(REPAIR_TRIES):
            bars = await self._fetch(symbol, since, (whole_from - since) // LENGTH_NS + 2)
            if bars and bars[-1].close_time >= whole_from:
                self._broken_since.pop(symbol, None)
                return
            await asyncio.sleep(REPAIR_PAUSE_S)
        log.warning("bars_not_repaired", symbol=symbol, since_ns=since)

    async def _fetch(self, symbol: str, since_ns: int, limit: int) -> list[Bar]:
        """Fetch pages until the present or `limit`; return the last page that had bars.

        A page begins with the last bar of the one before: venues differ in which end is inclusive.
        """
        last: list[Bar] = []
        for _ in range(0, min(limit, BARS_MAX), PAGE_BARS - 1):
            page = await self._fetch_page(symbol, since_ns, min(limit, PAGE_BARS))
            if not page or (last and page[-1].close_time <= last[-1].close_time):
                break
            last, since_ns = page, page[-1].open_time
            if page[-1].close_time + LENGTH_NS > self._clock.now_ns():
                break
        return last

    async def _fetch_page(self, symbol: str, since_ns: int, limit: int) -> list[Bar]:
        path = self._exchange.bars_request(symbol, TIMEFRAME, since_ns, limit)
        body = await self._rest.get(path)
        if body is None:
            return []
        try:
            bars = self._exchange.decode_bars(symbol, TIMEFRAME, body, self._clock.now_ns())
        except BadMessage as error:
            log.warning("bars_not_decoded", symbol=symbol, reason=str(error))
            return []
        self._on_bars(bars)
        return bars
