"""A recorded venue whose stream tells the whole book: each client gets a tape of its own.

When a client has subscribed, it gets what the recorded connection received, from its first frame
on and at its pace, but for what it did not subscribe to. Where the recorded connection ended, the
client's is closed; the next one goes on with what came then, and after the last frame all starts
again.
"""

import contextlib
from collections.abc import Iterator

import structlog

from market.clock import NS_PER_MS
from runtime.recordings import Recorded
from simulator.dialects._interface import Answer, Gateway, Request, Session, answer
from simulator.recorded.stream_market import StreamedMarket
from simulator.recorded.stream_source import StreamSource, StreamTape
from simulator.recorded.streams import UNREADABLE, Heard
from simulator.recorded.times import moved

_SETTLE_NS = 200 * NS_PER_MS
"""A tape starts so long after the last subscription, which mostly is one of several."""

_FRAMES_PER_STEP_MAX = 2000
_log = structlog.get_logger()


class Player:
    """A tape under way for one client, from `start_ns` on."""

    def __init__(self, tape: StreamTape, records: Iterator[Recorded], start_ns: int, speed: float) -> None:
        self.tape = tape
        self.records = records
        self._start_ns = start_ns
        self._speed = speed
        self.next = next((record for record in records if record.kind == "recv"), None)
        self._first_ns = self.next.ts_ns if self.next else 0

    @property
    def is_over(self) -> bool:
        """Whether the recorded connection has ended."""
        return self.next is None or self.next.kind == "connect"

    def due_ns(self) -> int:
        """When the next frame is to be sent."""
        assert self.next is not None
        return self._start_ns + int((self.next.ts_ns - self._first_ns) / self._speed)

    def advance(self) -> None:
        """Go to the next record."""
        self.next = next(self.records, None)


class StreamSession(Session):
    """A client, its symbols by channel, and its tape. `left_out` counts numbered frames not sent."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: dict[str, set[str]] = {}
        self.starts_ns = 0
        self.player: Player | None = None
        self.left_out = 0

    def wants(self, heard: Heard) -> bool:
        """Whether a frame concerns this client."""
        if not heard.channel:
            return heard.channel is not None
        symbols = self.channels.get(heard.channel)
        return symbols is not None and (not heard.symbols or not symbols.isdisjoint(heard.symbols))


class StreamGateway(Gateway):
    """Serves one venue of a recording."""

    def __init__(self, source: StreamSource, *, speed: float, seed: int, start_ns: int) -> None:
        super().__init__()
        self.venue = source.venue
        self._format = source.format
        self._skew_ns = source.skew_ns
        self._speed = speed
        self._markets = {
            item.symbol: StreamedMarket(
                source.venue, item, source.format.depth_max, seed=seed, start_ns=start_ns
            )
            for item in source.symbols
        }
        self._rest = self._format.rest(self._markets)
        self._tapes = list(source.tapes)
        self._rests: dict[tuple[str, str], Iterator[Recorded]] = {}
        self._clients: list[StreamSession] = []

    @property
    def symbols(self) -> list[str]:
        """The symbols served."""
        return list(self._markets)

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a REST request."""
        return self._rest.answer(request, now_ns)

    def connect(self, request: Request) -> Session | Answer:
        """Accept a websocket at the venue's path."""
        if not self._format.accepts(request.path):
            return answer({"error": f"no websocket at {request.path} of {self.venue}"}, 404)
        session = StreamSession()
        self.sessions.append(session)
        self._clients.append(session)
        return session

    def disconnect(self, session: Session) -> None:
        """Forget a client; another one may lead its markets."""
        super().disconnect(session)
        self._clients = [client for client in self._clients if client is not session]
        for market in self._markets.values():
            if market.leader is session:
                market.leader = None

    def receive(self, session: Session, text: bytes, now_ns: int) -> None:
        """Obey a command; what the venue said to it is on the tape."""
        assert isinstance(session, StreamSession)
        wish = self._format.command(text, self.symbols)
        if isinstance(wish, bytes):
            session.outbox.append(wish)
            return
        symbols = wish.symbols or self.symbols
        if wish.is_subscribe:
            session.channels.setdefault(wish.channel, set()).update(symbols)
            session.starts_ns = now_ns + _SETTLE_NS
        elif wish.channel in session.channels:
            session.channels[wish.channel].difference_update(symbols)
            if not session.channels[wish.channel]:
                del session.channels[wish.channel]

    def step(self, now_ns: int) -> None:
        """Send every client the frames that are due."""
        for session in self._clients:
            if session.is_closing:
                continue
            if session.player is None and session.channels and now_ns >= session.starts_ns:
                session.player = self._player(session, now_ns)
            if session.player is not None:
                self._play(session, session.player, now_ns)

    def _player(self, session: StreamSession, now_ns: int) -> Player:
        """Choose the tape that holds most of what the client wants, and go on where it ended."""
        topics = {(channel, symbol) for channel, names in session.channels.items() for symbol in names}
        tape = max(self._tapes, key=lambda tape: len(tape.topics & topics))
        for market in self._markets.values():
            market.start(now_ns)
        rest = self._rests.pop((str(tape.file.path), tape.conn), None)
        player = Player(tape, rest if rest is not None else tape.records(), now_ns, self._speed)
        return player if player.next is not None else Player(tape, tape.records(), now_ns, self._speed)

    def _play(self, session: StreamSession, player: Player, now_ns: int) -> None:
        for _ in range(_FRAMES_PER_STEP_MAX):
            if player.is_over:
                self._end(session, player)
                return
            due_ns = player.due_ns()
            if due_ns > now_ns:
                return
            assert player.next is not None
            self._send(session, player.next, due_ns)
            player.advance()

    def _end(self, session: StreamSession, player: Player) -> None:
        """Hang up; the next client goes on after this, or with the venue's next tape."""
        tape = player.tape
        if player.next is not None:
            self._rests[str(tape.file.path), tape.conn] = player.records
        else:
            self._tapes.remove(tape)
            self._tapes.append(tape)
            _log.info("recording_ended", venue=self.venue, file=tape.file.path.name, conn=tape.conn)
        session.is_closing = True

    def _send(self, session: StreamSession, record: Recorded, due_ns: int) -> None:
        heard = self._format.heard(record.data)
        if not session.wants(heard):
            session.left_out += heard.is_numbered
            return
        shift_ms = (due_ns - record.ts_ns - self._skew_ns) // NS_PER_MS
        frame = moved(record.data, shift_ms * NS_PER_MS)
        if session.left_out and heard.is_numbered:
            frame = self._format.renumbered(frame, session.left_out)
        session.outbox.append(frame)
        if heard.kind:
            session.sent[heard.kind] += 1
            with contextlib.suppress(*UNREADABLE):  # it is sent as it was recorded, whatever it says
                self._follow(session, heard, frame)

    def _follow(self, session: StreamSession, heard: Heard, frame: bytes) -> None:
        """Let the markets whose leader is this client take what it is sent."""
        led = set()
        for market in (self._markets[name] for name in heard.symbols if name in self._markets):
            if market.leader is None:
                market.leader = session
            if market.leader is session:
                led.add(market.symbol)
        if heard.kind == "trades":
            for trade in self._format.trades(frame):
                if trade.symbol in led:
                    self._markets[trade.symbol].take(trade)
        elif heard.kind == "depth":
            for levels in self._format.books(frame):
                if levels.symbol in led:
                    self._markets[levels.symbol].book.apply(levels)
