"""A venue's part of a recording, played through the sessions that also serve the live feed.

Each recorded connection has a session of its own. A book snapshot goes to the session that asks for
it; where the recording holds none any more, the session is told to go on without.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from market.errors import BadMessage
from market.events import RAW_BYTES_MAX, BookDelta, BookSnapshot, MarketEvent, Quarantined, Quote, Trade
from market.instruments import Instrument
from market.validation import Context, validate
from runtime.recordings import Recorded
from streaming._replay_summary import VenueSummary
from streaming.exchanges import exchanges
from streaming.exchanges._interface import Decoded, Exchange, FetchSnapshot, Reconnect, Resubscribe, Session
from streaming.exchanges._session import query_of, resource_of


class _Held(NamedTuple):
    path: str
    body: bytes
    ts_ns: int


class VenueReplay:
    """Feed the records of one venue to sessions; write what they decode.

    `snapshots` counts the book snapshots still to come, by the venue's name of the symbol.
    """

    def __init__(
        self, venue: str, snapshots: Mapping[str, int], write: Callable[[MarketEvent], None]
    ) -> None:
        self.summary = VenueSummary()
        self._venue = venue
        self._dialects = [exchange for exchange in exchanges().values() if exchange.venue == venue]
        self._snapshots = Counter(snapshots)
        self._write = write
        self._sessions: dict[str, Session] = {}
        self._instruments: dict[str, Instrument] = {}
        self._held: dict[str, _Held] = {}
        self._asking: dict[tuple[str, str], str] = {}
        self._context = Context()

    def play(self, record: Recorded) -> None:
        """Take one record; `send` and `header` records need nothing done."""
        if record.kind == "recv":
            self._receive(record)
        elif record.kind == "http":
            self._answer(record)
        elif record.kind == "connect":
            self._end_session(record.conn, record.ts_ns)
        elif record.kind == "bad":
            self._refuse_line(record)

    def finish(self, ts_ns: int) -> None:
        """Publish what still waits for a snapshot, and close the books."""
        for conn, symbol in list(self._asking):
            self._go_without(conn, symbol, ts_ns)
        for session in self._sessions.values():
            self.summary.count_checks(session.checks())
        for held in self._held.values():
            self._publish_alone(held)
        self._sessions.clear()

    def _receive(self, record: Recorded) -> None:
        session = self._sessions.get(record.conn) or self._new_session(record)
        decoded = session.on_frame(record.data, record.ts_ns)
        self.summary.count_frame(_symbols_of(decoded))
        self._take(record.conn, decoded, record.data, record.ts_ns)

    def _new_session(self, record: Recorded) -> Session:
        """Return a session in the dialect of the frame; it stays if the frame is of any."""
        spoken = next((dialect for dialect in self._dialects if dialect.speaks(record.data)), None)
        session = (spoken or self._dialects[0]).session((), tuple(self._instruments.values()))
        if spoken is not None:
            self._sessions[record.conn] = session
        return session

    def _answer(self, record: Recorded) -> None:
        """Take a REST answer: a list of instruments, a book's snapshot, or one of no use here."""
        resource = resource_of(record.url)
        name = (query_of(record.url, "symbol") or "").upper()
        if resource == "depth" and name:
            self._snapshots[name] -= 1
            if name in self._held:
                self._leave_unused()
            self._held[name] = _Held(record.url, record.data, record.ts_ns)
            for (conn, symbol), wanted in list(self._asking.items()):
                if wanted == name:
                    self._deliver(conn, symbol, name)
            return
        self.summary.count_frame(set())
        self.summary.count(Decoded(ignored=f"http:{resource}"))
        for dialect in self._dialects:
            if resource_of(dialect.instruments_request()) == resource:
                self._learn_instruments(dialect, record.data)
                return

    def _learn_instruments(self, dialect: Exchange, body: bytes) -> None:
        try:
            found = dialect.decode_instruments(body)
        except BadMessage:
            return  # Names are then read without a table; the frames tell whether that was enough.
        self._instruments.update((instrument.symbol, instrument) for instrument in found)

    def _take(self, conn: str, decoded: Decoded, raw: bytes, ts_ns: int) -> None:
        self.summary.count(decoded)
        for event in decoded.events:
            self._publish(event, raw)
        for refused in decoded.quarantined:
            self._publish(refused, raw)
        for action in decoded.actions:
            if isinstance(action, FetchSnapshot):
                self._fetch(conn, action, ts_ns)
            elif isinstance(action, Resubscribe):
                self._go_without(conn, action.symbol, ts_ns)
            elif isinstance(action, Reconnect):
                for symbol in self._sessions[conn].checks():
                    self._go_without(conn, symbol, ts_ns)

    def _publish(self, event: MarketEvent, raw: bytes) -> None:
        if isinstance(event, Trade | Quote | BookSnapshot | BookDelta):
            rejected = validate(event, self._context)
            if rejected is not None:
                event = Quarantined(
                    venue=event.venue,
                    symbol=event.symbol,
                    ts_event=event.ts_event,
                    ts_init=event.ts_init,
                    reason=rejected.code,
                    detail=rejected.detail,
                    raw=raw[:RAW_BYTES_MAX],
                )
        self.summary.count_event(event)
        self._write(event)

    def _fetch(self, conn: str, action: FetchSnapshot, ts_ns: int) -> None:
        name = query_of(action.rest_path, "symbol") or ""
        self._asking[conn, action.symbol] = name
        if name in self._held:
            self._deliver(conn, action.symbol, name)
        elif self._snapshots[name] <= 0:
            self._go_without(conn, action.symbol, ts_ns)

    def _deliver(self, conn: str, symbol: str, name: str) -> None:
        held = self._held.pop(name, None)
        if held is None:
            return
        del self._asking[conn, symbol]
        decoded = self._sessions[conn].on_rest(held.path, held.body, held.ts_ns)
        self.summary.count_frame({symbol})
        self._take(conn, decoded, held.body, held.ts_ns)

    def _go_without(self, conn: str, symbol: str, ts_ns: int) -> None:
        self._asking.pop((conn, symbol), None)
        self._take(conn, self._sessions[conn].on_snapshot_unavailable(symbol, ts_ns), b"", ts_ns)

    def _publish_alone(self, held: _Held) -> None:
        """Publish a whole book that no delta asked for, unless its symbol had one."""
        session = self._dialects[0].session((), tuple(self._instruments.values()))
        decoded = session.on_rest(held.path, held.body, held.ts_ns)
        snapshots: list[MarketEvent] = [event for event in decoded.events if isinstance(event, BookSnapshot)]
        if any(self.summary.of(snapshot.symbol).events["book_snapshot"] for snapshot in snapshots):
            self._leave_unused()
            return
        self.summary.count_frame(_symbols_of(decoded))
        refused: list[MarketEvent] = list(decoded.quarantined)
        for event in snapshots + refused:
            self._publish(event, held.body)

    def _leave_unused(self) -> None:
        self.summary.count_frame(set())
        self.summary.count(Decoded(ignored="depth_snapshot.unused"))

    def _end_session(self, conn: str, ts_ns: int) -> None:
        session = self._sessions.pop(conn, None)
        if session is None:
            return
        for key in [key for key in self._asking if key[0] == conn]:
            del self._asking[key]
        self.summary.count_checks(session.checks())
        self._take(conn, session.on_disconnect("reconnected", ts_ns), b"", ts_ns)

    def _refuse_line(self, record: Recorded) -> None:
        self.summary.count_frame(set())
        self._publish(
            Quarantined(
                venue=self._venue,
                symbol="",
                ts_event=record.ts_ns,
                ts_init=record.ts_ns,
                reason="recording.bad_line",
                detail="the line fits no format of recordings",
                raw=record.data[:RAW_BYTES_MAX],
            ),
            record.data,
        )


def snapshots_in(records: Iterable[Recorded]) -> Counter[str]:
    """Count the book snapshots among the records, by the venue's name of the symbol."""
    names: Counter[str] = Counter()
    for record in records:
        if record.kind == "http" and resource_of(record.url) == "depth":
            names[(query_of(record.url, "symbol") or "").upper()] += 1
    return names


def _symbols_of(decoded: Decoded) -> set[str]:
    symbols = {event.symbol for event in decoded.events}
    symbols.update(refused.symbol for refused in decoded.quarantined)
    if decoded.symbol:
        symbols.add(decoded.symbol)
    symbols.discard("")
    return symbols
