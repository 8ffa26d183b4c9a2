"""One TCP connection: HTTP requests, or a websocket once the client asks for one.

Written on a bare asyncio protocol because a bench pushes tens of thousands of frames a second: they
are framed here and go to the transport in one write. Reading is left to h11 and websockets' sans-I/O
protocol. A client whose unsent bytes pass the bound is dropped, as the venues do.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import NamedTuple, Protocol, cast
from urllib.parse import parse_qsl, urlsplit

import h11
from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

UNSENT_BYTES_MAX = 32 * 1024 * 1024
"""A recorded book of Coinbase comes as one frame of five megabytes, and several in a row."""

_HEAD_BYTES_MAX = 64 * 1024
_BODY_BYTES_MAX = 1024 * 1024
_quiet = logging.getLogger("simulator.websockets")
_quiet.setLevel(logging.ERROR)


class HttpRequest(NamedTuple):
    """A request as the pages see it; names of the query are unique, the last one wins."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes


class HttpAnswer(NamedTuple):
    """What is sent back."""

    status: int
    body: bytes
    content_type: str = "application/json"


class SocketClient(Protocol):
    """What a websocket connection reports to."""

    def on_text(self, text: bytes) -> None:
        """Take a text frame from the client."""
        ...

    def on_closed(self) -> None:
        """The connection is gone."""
        ...


class Pages(Protocol):
    """What serves the requests of every connection."""

    def on_request(self, request: HttpRequest) -> HttpAnswer | asyncio.Future[HttpAnswer]:
        """Answer a request, now or later."""
        ...

    def on_socket(self, request: HttpRequest, connection: "Connection") -> SocketClient | HttpAnswer:
        """Take a websocket, or say why not."""
        ...


class Connection(asyncio.Protocol):
    """Reads requests, keeps a websocket open, and sends frames in one write."""

    def __init__(self, pages: Pages, open_connections: set["Connection"]) -> None:
        self._pages = pages
        self._open = open_connections
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._http: h11.Connection | None = None
        self._request: h11.Request | None = None
        self._body = b""
        self._socket: ServerProtocol | None = None
        self._client: SocketClient | None = None
        self._text: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        self._transport = cast(asyncio.Transport, transport)
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's)
        """Tell the client's session that it is over."""
        self._transport = None
        self._open.discard(self)
        if self._client is not None:
            self._client.on_closed()
            self._client = None

    def data_received(self, data: bytes) -> None:
        """Feed the parser that the first request has chosen."""
        if self._socket is not None:
            self._read_socket(data)
        elif self._http is not None:
            self._read_http(data)
        else:
            self._choose(data)

    @property
    def unsent_bytes(self) -> int:
        """Bytes that wait for the client to read."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    def send_frames(self, payloads: list[bytes]) -> bool:
        """Send text frames in one write; false when the client was too slow and is dropped."""
        if self._transport is None or self._socket is None or self._socket.state is not State.OPEN:
            return True
        parts: list[bytes] = []
        for payload in payloads:
            parts.append(_text_header(len(payload)))
            parts.append(payload)
        self._transport.write(b"".join(parts))
        if self._transport.get_write_buffer_size() > UNSENT_BYTES_MAX:
            self._transport.abort()
            return False
        return True

    def ping(self) -> None:
        """Send a websocket ping."""
        if self._socket is not None and self._socket.state is State.OPEN:
            self._socket.send_ping(b"")
            self._write_pending()

    def close(self, code: int = 1001, reason: str = "") -> None:
        """Close with a websocket close frame where there is one, and hang up."""
        if self._transport is None:
            return
        if self._socket is not None and self._socket.state is State.OPEN:
            self._socket.send_close(code, reason)
            self._write_pending()
        if self._transport is not None:
            self._transport.close()

    def _choose(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" not in self._head and len(self._head) < _HEAD_BYTES_MAX:
            return
        head, self._head = self._head, b""
        if b"upgrade: websocket" in head.lower():
            self._socket = ServerProtocol(logger=_quiet)
            self._read_socket(head)
        else:
            self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES_MAX)
            self._read_http(head)

    def _read_socket(self, data: bytes) -> None:
        assert self._socket is not None
        self._socket.receive_data(data)
        for event in self._socket.events_received():
            if isinstance(event, Handshake):
                self._accept(event)
            else:
                self._on_frame(event)
        if isinstance(self._socket.handshake_exc, ProtocolError | ValueError):
            self.close()
        self._write_pending()
        if self._socket.close_expected() and self._transport is not None:
            self._transport.close()

    def _accept(self, handshake: Handshake) -> None:
        assert self._socket is not None
        taken = self._pages.on_socket(_request("GET", handshake.path), self)
        if isinstance(taken, HttpAnswer):
            self._socket.send_response(self._socket.reject(taken.status, taken.body.decode()))
            return
        self._client = taken
        self._socket.send_response(self._socket.accept(handshake))

    def _on_frame(self, event: object) -> None:
        if not isinstance(event, Frame) or event.opcode not in (Opcode.TEXT, Opcode.CONT, Opcode.BINARY):
            return
        self._text.append(bytes(event.data))
        if event.fin and self._client is not None:
            text, self._text = b"".join(self._text), []
            self._client.on_text(text)

    def _write_pending(self) -> None:
        assert self._socket is not None
        data = b"".join(self._socket.data_to_send())
        if data and self._transport is not None:
            self._transport.write(data)

    def _read_http(self, data: bytes) -> None:
        assert self._http is not None
        self._http.receive_data(data)
        self._read_requests()

    def _read_requests(self) -> None:
        assert self._http is not None
        try:
            while self._on_http_event(self._http.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            self._respond(HttpAnswer(400, f"not HTTP: {error}\n".encode(), "text/plain"), last=True)

    def _on_http_event(self, event: object) -> bool:
        """Take one event; return whether another may follow at once."""
        assert self._http is not None
        if isinstance(event, h11.Request):
            self._request, self._body = event, b""
        elif isinstance(event, h11.Data):
            self._body += event.data
            if len(self._body) > _BODY_BYTES_MAX:
                self._respond(HttpAnswer(413, b"body too large\n", "text/plain"), last=True)
                return False
        elif isinstance(event, h11.EndOfMessage):
            assert self._request is not None
            request = _request(self._request.method.decode(), self._request.target.decode(), self._body)
            answer = self._pages.on_request(request)
            if not isinstance(answer, HttpAnswer):
                answer.add_done_callback(self._on_answered)
                return False
            self._respond(answer, last=False)
            return self._transport is not None and self._http.our_state is h11.IDLE
        else:
            return False
        return True

    def _on_answered(self, answer: asyncio.Future[HttpAnswer]) -> None:
        """Send an answer that took its time, then go on with what the client asked meanwhile."""
        assert self._http is not None
        if self._transport is None or answer.cancelled():
            return
        try:
            self._respond(answer.result(), last=False)
        except BaseException:
            self.close()
            raise
        if self._transport is not None and self._http.our_state is h11.IDLE:
            self._read_requests()

    def _respond(self, answer: HttpAnswer, *, last: bool) -> None:
        assert self._http is not None
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]
        if last:
            headers.append(("Connection", "close"))
        data = self._http.send(h11.Response(status_code=answer.status, headers=headers)) or b""
        data += self._http.send(h11.Data(data=answer.body)) or b""
        data += self._http.send(h11.EndOfMessage()) or b""
        if self._transport is None:
            return
        self._transport.write(data)
        if self._http.our_state is h11.MUST_CLOSE or self._http.our_state is h11.CLOSED:
            self._transport.close()
        elif self._http.our_state is h11.DONE:
            self._http.start_next_cycle()


def _request(method: str, target: str, body: bytes = b"") -> HttpRequest:
    url = urlsplit(target)
    return HttpRequest(method, url.path, dict(parse_qsl(url.query, keep_blank_values=True)), body)


def _text_header(length: int) -> bytes:
    """Return the head of an unmasked, final text frame (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((0x81, length))
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2)
    return b"\x81\x7f" + length.to_bytes(8)
