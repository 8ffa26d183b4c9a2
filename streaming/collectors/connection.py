"""One connection of a venue, kept up for ever: connect, feed the session, carry out its actions."""

import asyncio
import random
from collections.abc import Callable

import structlog

from market.clock import NS_PER_S, Clock
from market.order_book import OrderBook
from streaming.collectors.metrics import CONNECTIONS
from streaming.collectors.rest import Rest
from streaming.collectors.socket import ConnectionFailed, Socket
from streaming.exchanges._interface import (
    Action,
    Decoded,
    Exchange,
    FetchSnapshot,
    Reconnect,
    Resubscribe,
    Send,
    Session,
    Subscription,
)

PAUSE_S_MIN = 0.25
STEADY_S = 30.0
"""A connection that lasted this long starts the pauses anew."""

log = structlog.get_logger()


class Connection:
    """Keep one subscription alive; hand over what its session decodes."""

    def __init__(
        self,
        exchange: Exchange,
        subscription: Subscription,
        *,
        ws_url: str,
        rest: Rest,
        clock: Clock,
        on_decoded: Callable[[Decoded], None],
        pause_s_max: float,
    ) -> None:
        """Take the venue, what to subscribe to, where it is, and who gets the events."""
        self._exchange = exchange
        self._subscription = subscription
        self._url = ws_url + subscription.url_path
        self._rest = rest
        self._clock = clock
        self._on_decoded = on_decoded
        self._pause_s_max = pause_s_max
        self._socket: Socket | None = None
        self._session: Session | None = None
        self._requests: set[asyncio.Task[None]] = set()
        self._jitter = random.Random(subscription.url_path)  # noqa: S311  (spreads retries)
        self._heard_ns = 0
        self.last_frame_ns = 0
        self.frames = 0

    @property
    def symbols(self) -> list[str]:
        """The symbols of this connection."""
        return self._subscription.symbols

    def book(self, symbol: str) -> OrderBook | None:
        """Return the symbol's book while it is live and whole."""
        return self._session.book(symbol) if self._session else None

    def close(self, reason: str) -> None:
        """Hang up; `run` connects again."""
        if self._socket:
            self._socket.close(reason)

    def check_silence(self) -> None:
        """Hang up when the venue has been silent for too long."""
        silence_ns = self._clock.now_ns() - self._heard_ns
        if self._socket and silence_ns > self._exchange.silence_s * NS_PER_S:
            self.close(f"silent for {silence_ns // NS_PER_S} s")

    async def run(self, may_connect: asyncio.Event) -> None:
        """Connect and connect again, until cancelled; wait whenever `may_connect` is not set."""
        pause_s = PAUSE_S_MIN
        while True:
            await may_connect.wait()
            began_ns = self._clock.now_ns()
            reason = await self._run_once()
            log.warning("disconnected", symbols=self.symbols, reason=reason)
            if self._clock.now_ns() - began_ns > STEADY_S * NS_PER_S:
                pause_s = PAUSE_S_MIN
            await asyncio.sleep(pause_s * self._jitter.uniform(0.5, 1.0))
            pause_s = min(2 * pause_s, self._pause_s_max)

    async def _run_once(self) -> str:
        """Live through one connection; return why it ended."""
        session = self._session = self._exchange.session(self._subscription.symbols)
        self._heard_ns = self._clock.now_ns()
        reason = "stopping"
        try:
            self._socket = await Socket.open(self._url, self._on_frame, self._subscription.messages)
            CONNECTIONS.labels(self._exchange.venue).inc()
            log.info("connected", symbols=self.symbols)
            reason = await self._socket.wait_closed()
        except ConnectionFailed as error:
            reason = f"no connection: {error}"
        finally:
            self.close(reason)
            self._socket = self._session = None
            for request in self._requests:
                request.cancel()
            self._on_decoded(session.on_disconnect(reason, self._clock.now_ns()))
        return reason

    def _on_frame(self, frame: bytes) -> None:
        ts_init = self._clock.now_ns()
        self.last_frame_ns = self._heard_ns = ts_init
        self.frames += 1
        if self._session:
            self._take(self._session.on_frame(frame, ts_init))

    def _take(self, decoded: Decoded) -> None:
        self._on_decoded(decoded)
        for action in decoded.actions:
            self._perform(action)

    def _perform(self, action: Action) -> None:
        if isinstance(action, FetchSnapshot):
            request = asyncio.ensure_future(self._fetch_snapshot(action))
            self._requests.add(request)
            request.add_done_callback(self._requests.discard)
        elif isinstance(action, Reconnect):
            self.close(action.reason)
        elif self._socket and isinstance(action, Resubscribe):
            for message in action.messages:
                self._socket.send(message)
        elif self._socket and isinstance(action, Send):
            self._socket.send(action.message)

    async def _fetch_snapshot(self, action: FetchSnapshot) -> None:
        session = self._session
        body = await self._rest.get(action.rest_path)
        if session is None or session is not self._session:
            return
        if body is None:
            self.close(f"no snapshot of {action.symbol}")
        else:
            self._take(session.on_rest(action.rest_path, body, self._clock.now_ns()))
