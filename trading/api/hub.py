"""The fan-out: every message is encoded once, and every client has a bounded buffer.

Clients that ask for the same interval form a group, which shares one numbered series of messages.
Prices are conflated within a group: the newest row of each instrument, at most one message per
interval; all else goes out at once. A client whose buffer is full is closed, never waited for.
Only `offer`, `publish` and `post` may be called from other threads.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from prometheus_client import Counter, Gauge

from market.clock import NS_PER_MS, Clock
from market.events import LiveFrame
from trading.api.messages import HelloMessage, Message, PriceRow
from trading.api.schemas import Status

INTERVAL_STEP_MS = 50
INTERVAL_MS_MAX = 1000
CLIENTS_MAX = 1000
OFFERED_MAX = 10_000
BUFFER_BYTES_MAX = 1024 * 1024
CLIENTS = Gauge("trading_stream_clients", "Connected WebSocket clients.")
SENT = Counter("trading_stream_messages_total", "Messages put into clients' buffers.")
DROPPED = Counter("trading_stream_slow_clients_total", "Clients closed because they read too slowly.")


class Client:
    """One connection's bounded buffer."""

    def __init__(self) -> None:
        self._texts: deque[str] = deque()
        self._bytes = 0
        self._ready = asyncio.Event()
        self.too_slow = asyncio.Event()

    def put(self, text: str) -> None:
        """Add a message; a full buffer marks the client as too slow instead."""
        if self._bytes + len(text) > BUFFER_BYTES_MAX:
            if not self.too_slow.is_set():
                DROPPED.inc()
            self.too_slow.set()
            return
        self._texts.append(text)
        self._bytes += len(text)
        self._ready.set()

    async def next(self) -> str:
        """Wait for the next message and take it."""
        while not self._texts:
            self._ready.clear()
            await self._ready.wait()
        text = self._texts.popleft()
        self._bytes -= len(text)
        return text


class Group:
    """The clients of one interval and their shared series."""

    def __init__(self, interval_ms: int, clock: Clock) -> None:
        self.interval_ms = interval_ms
        self.clients: set[Client] = set()
        self._clock = clock
        self._seq = 1
        self._pending: dict[tuple[str, str], bytes] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._sent_at = -1e9

    def greet(self, client: Client, status: Status, rows: Sequence[bytes]) -> None:
        """Send a new client its hello and the present prices, and let it join the series."""
        hello = HelloMessage(status=status, interval_ms=self.interval_ms)
        client.put(self._envelope(self._seq - 1, hello.encoded()))
        client.put(self._envelope(self._seq, _prices(rows)))
        self.clients.add(client)

    def send(self, body: bytes) -> None:
        """Send a message to every client, numbered."""
        self._seq += 1
        text = self._envelope(self._seq, body)
        for client in self.clients:
            client.put(text)
        SENT.inc(len(self.clients))

    def skip(self) -> None:
        """Leave a hole in the series: clients will ask REST for what they missed."""
        self._seq += 1

    def add_prices(self, rows: dict[tuple[str, str], bytes]) -> None:
        """Take changed rows; send them now or when the interval is over."""
        self._pending.update(rows)
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait_s = self._sent_at + self.interval_ms / 1000 - loop.time()
        if wait_s <= 0:
            self._flush()
        else:
            self._timer = loop.call_later(wait_s, self._flush)

    def close(self) -> None:
        """Forget what is pending."""
        if self._timer is not None:
            self._timer.cancel()

    def _flush(self) -> None:
        self._timer = None
        self._sent_at = asyncio.get_running_loop().time()
        rows, self._pending = self._pending, {}
        self.send(_prices(rows.values()))

    def _envelope(self, seq: int, body: bytes) -> str:
        return f'{{"seq":{seq},"ts_ms":{self._clock.now_ns() // NS_PER_MS},{body[1:].decode()}'


class Hub:
    """All groups, and the newest price row of each instrument."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._groups: dict[int, Group] = {}
        self._rows: dict[tuple[str, str], bytes] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._offered: deque[LiveFrame] = deque(maxlen=OFFERED_MAX)
        self._is_waking = False

    def start(self) -> None:
        """Remember the running loop, for `post`."""
        self._loop = asyncio.get_running_loop()

    @property
    def client_count(self) -> int:
        """How many clients are connected."""
        return sum(len(group.clients) for group in self._groups.values())

    def join(self, client: Client, interval_ms: int, status: Status) -> Group:
        """Greet a client and add it to the group of its interval, rounded up to 50 ms."""
        interval_ms = min(-(-interval_ms // INTERVAL_STEP_MS) * INTERVAL_STEP_MS, INTERVAL_MS_MAX)
        group = self._groups.get(interval_ms)
        if group is None:
            group = self._groups[interval_ms] = Group(interval_ms, self._clock)
        group.greet(client, status, list(self._rows.values()))
        CLIENTS.set(self.client_count)
        return group

    def leave(self, client: Client, group: Group) -> None:
        """Remove a client; an empty group ends."""
        group.clients.discard(client)
        if not group.clients and self._groups.get(group.interval_ms) is group:
            group.close()
            del self._groups[group.interval_ms]
        CLIENTS.set(self.client_count)

    def publish(self, message: Message) -> None:
        """Encode a message and send it to everyone; from any thread."""
        body = message.encoded()
        self.post(lambda: self.publish_encoded(body))

    def publish_encoded(self, body: bytes) -> None:
        """Send an encoded message to everyone at once."""
        for group in self._groups.values():
            group.send(body)

    def offer(self, frame: LiveFrame) -> None:
        """Take a new present of an instrument; from any thread.

        The loop is woken once for all frames that arrive while it is busy.
        """
        self._offered.append(frame)
        if not self._is_waking:
            self._is_waking = True
            self.post(self._take_offered)

    def _take_offered(self) -> None:
        self._is_waking = False
        frames = [self._offered.popleft() for _ in range(len(self._offered))]
        if frames:
            self.publish_frames(frames)

    def publish_frames(self, frames: Sequence[LiveFrame]) -> None:
        """Take new presents of instruments; each is encoded once for all groups."""
        rows = {(frame.symbol, frame.venue): _row(frame) for frame in frames}
        self._rows.update(rows)
        for group in self._groups.values():
            group.add_prices(rows)

    def skip(self) -> None:
        """Tell every client that it missed something."""
        for group in self._groups.values():
            group.skip()

    def post(self, call: Callable[[], None]) -> None:
        """Run `call` on the loop soon; from any thread. Does nothing before the start and after the end."""
        if self._loop is None or self._loop.is_closed():
            return
        with suppress(RuntimeError):  # the loop closed in between: nobody listens any more
            self._loop.call_soon_threadsafe(call)


def _prices(rows: Iterable[bytes]) -> bytes:
    return b'{"type":"prices","rows":[' + b",".join(rows) + b"]}"


def _row(frame: LiveFrame) -> bytes:
    bid, bid_size = frame.bids[0] if frame.bids else (None, None)
    ask, ask_size = frame.asks[0] if frame.asks else (None, None)
    row = PriceRow.model_construct(
        symbol=frame.symbol,
        venue=frame.venue,
        bid=bid,
        ask=ask,
        last=frame.last_price,
        bid_size=bid_size,
        ask_size=ask_size,
        ts_event_ms=frame.ts_event // NS_PER_MS,
        ts_init_ms=frame.ts_init // NS_PER_MS,
        ts_init_ns=str(frame.ts_init),
    )
    return row.model_dump_json().encode()
