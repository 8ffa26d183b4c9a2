"""A recorded venue: its frames at their own pace, from now on, again and again."""

from collections.abc import Iterator

import structlog

from market.clock import NS_PER_MS, NS_PER_S
from runtime.recordings import Recorded
from simulator.dialects.binance.clients import BinanceClients
from simulator.dialects.binance.subscriptions import Subscriptions
from simulator.recorded.frames import SERVED_KINDS, moved, parse, stream_key
from simulator.recorded.market import RecordedMarket
from simulator.recorded.rest import RecordedRest
from simulator.recorded.source import Source

_PAUSE_NS = 2 * NS_PER_S
_FRAMES_PER_STEP_MAX = 20_000
_log = structlog.get_logger()


class RecordedGateway(BinanceClients):
    """Serves one venue of a recording. `first_ns` is when the whole recording starts."""

    ping_interval_s = 20.0

    def __init__(self, source: Source, *, first_ns: int, speed: float, seed: int, start_ns: int) -> None:
        super().__init__()
        self.venue = source.venue
        self._source = source
        self._first_ns = first_ns
        self._speed = speed
        self._recorded = {item.name: RecordedMarket(item, seed, start_ns) for item in source.symbols}
        self._rest = RecordedRest(source.venue, self._recorded)
        self._subscriptions = Subscriptions(stream_key)
        self._records: Iterator[Recorded] = iter(())
        self._next: Recorded | None = None
        self._start(start_ns)

    @property
    def symbols(self) -> list[str]:
        """The symbols served."""
        return [market.symbol for market in self._recorded.values()]

    def step(self, now_ns: int) -> None:
        """Send the records that are due; after the last one hang up and start again."""
        for _ in range(_FRAMES_PER_STEP_MAX):
            if self._next is None:
                self._end(now_ns)
                return
            due_ns = self._start_ns + int((self._next.ts_ns - self._first_ns) / self._speed)
            if due_ns > now_ns:
                return
            if self._next.kind == "recv":
                self._send(self._next, due_ns)
            self._next = next(self._records, None)

    def _start(self, start_ns: int) -> None:
        self._start_ns = start_ns
        self._records = self._source.records()
        self._next = next(self._records, None)
        for market in self._recorded.values():
            market.restart()

    def _end(self, now_ns: int) -> None:
        _log.info("recording_ended", venue=self.venue, clients=len(self.sessions))
        for session in self.sessions:
            session.is_closing = True
        self._start(now_ns + _PAUSE_NS)

    def _send(self, record: Recorded, due_ns: int) -> None:
        frame = parse(record.data)
        if frame is None or frame.symbol not in self._recorded:
            return
        shift_ms = (due_ns - record.ts_ns - self._source.skew_ns) // NS_PER_MS
        data = moved(frame.data, shift_ms)
        self._recorded[frame.symbol].take(frame._replace(data=data))
        key = f"{frame.symbol.lower()}@{frame.kind}"
        if key in self._subscriptions:
            whole = frame.whole[: -len(frame.data) - 1] + data + b"}"
            self._subscriptions.send_frames(key, SERVED_KINDS[frame.kind], whole, data)
