"""The raw traffic of a connection as JSON lines, in the format that `runtime.recordings` reads.

    {"t":"header","format":3,"exchange":"binance","symbols":["BTC/USDT"],"recorded":1633998511.132921000}
    {"t":"http","conn":"rest","ts":1633998512.320639000,"url":"/api/v3/depth?symbol=NKNUSDT","data":"{…}"}
    {"t":"connect","conn":"ws.1","ts":…,"addr":"wss://…"}
    {"t":"send","conn":"ws.1","ts":…,"addr":"wss://…","data":"{…}"}
    {"t":"recv","conn":"ws.1","ts":…,"data":"{…}"}

`ts` is in seconds with nine decimals, to be read from its text.
"""

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

import msgspec

from market.clock import NS_PER_S, Clock
from market.instruments import Instrument
from streaming.exchanges._interface import Decoded, Exchange, Session, Subscription


class Tape:
    """Write lines; times come from the clock where the frame has none of its own."""

    def __init__(self, out: BinaryIO, clock: Clock) -> None:
        self._out = out
        self._clock = clock
        self.frames = 0

    def header(self, venue: str, symbols: Sequence[str]) -> None:
        """Write the first line."""
        now = _seconds(self._clock.now_ns())
        self._line({"t": "header", "format": 3, "exchange": venue, "symbols": list(symbols), "recorded": now})

    def http(self, url: str, body: bytes, ts_ns: int | None = None) -> None:
        """Write a REST answer."""
        ts = _seconds(ts_ns or self._clock.now_ns())
        self._line({"t": "http", "conn": "rest", "ts": ts, "url": url, "data": _text(body)})

    def connect(self, conn: str, url: str, messages: Sequence[bytes]) -> None:
        """Write that a connection is opened, and what is sent on it."""
        ts = _seconds(self._clock.now_ns())
        self._line({"t": "connect", "conn": conn, "ts": ts, "addr": url})
        for message in messages:
            self._line({"t": "send", "conn": conn, "ts": ts, "addr": url, "data": _text(message)})

    def recv(self, conn: str, frame: bytes, ts_ns: int) -> None:
        """Write a received frame."""
        self.frames += 1
        self._line({"t": "recv", "conn": conn, "ts": _seconds(ts_ns), "data": _text(frame)})

    def _line(self, document: dict[str, Any]) -> None:
        self._out.write(msgspec.json.encode(document) + b"\n")


class TapedExchange:
    """An exchange whose sessions write all that they are given to a tape, then decode it as ever."""

    def __init__(
        self, inner: Exchange, tape: Tape, conn: str, subscription: Subscription, ws_url: str
    ) -> None:
        self._inner = inner
        self._tape = tape
        self._conn = conn
        self._subscription = subscription
        self._url = ws_url + subscription.url_path

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def as_exchange(self) -> Exchange:
        """Return this object as what it stands in for."""
        return cast(Exchange, self)

    def session(self, symbols: Sequence[str], instruments: Sequence[Instrument] = ()) -> Session:
        """Return a session for a new connection, which the tape notes."""
        self._tape.connect(self._conn, self._url, self._subscription.messages)
        session = self._inner.session(symbols, instruments)
        return cast(Session, _TapedSession(session, self._tape, self._conn))


class _TapedSession:
    def __init__(self, inner: Session, tape: Tape, conn: str) -> None:
        self._inner = inner
        self._tape = tape
        self._conn = conn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def on_frame(self, frame: bytes, ts_init: int) -> Decoded:
        self._tape.recv(self._conn, frame, ts_init)
        return self._inner.on_frame(frame, ts_init)

    def on_rest(self, path: str, body: bytes, ts_init: int) -> Decoded:
        self._tape.http(path, body, ts_init)
        return self._inner.on_rest(path, body, ts_init)


def _seconds(ts_ns: int) -> msgspec.Raw:
    """Write nanoseconds as seconds with nine decimals: a float could not hold them."""
    return msgspec.Raw(f"{ts_ns // NS_PER_S}.{ts_ns % NS_PER_S:09d}".encode())


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
