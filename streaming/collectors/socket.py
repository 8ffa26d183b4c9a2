"""One websocket: connect, hand over whole frames, notice silence, tell why it ended.

The recorder uses it too; it knows nothing of exchanges.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

HANDSHAKE_TIMEOUT_S = 10
FRAME_BYTES_MAX = 32 * 1024 * 1024

OnFrame = Callable[[bytes], None]


class ConnectionFailed(Exception):
    """The connection could not be opened; the message says why."""

    code = "collector.connection_failed"


class _Listener(WSListener):
    def __init__(self, on_frame: OnFrame) -> None:
        self._on_frame = on_frame
        self._parts = bytearray()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind in (WSMsgType.TEXT, WSMsgType.BINARY) and frame.fin:
            self._on_frame(frame.get_payload_as_bytes())
        elif kind in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            self._parts += frame.get_payload_as_bytes()
            if frame.fin:
                whole, self._parts = bytes(self._parts), bytearray()
                self._on_frame(whole)
        elif kind == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()


class Socket:
    """An open websocket whose frames go to a function, called on the event loop's thread."""

    def __init__(self, transport: WSTransport) -> None:
        """Take an open transport; use `Socket.open`."""
        self._transport = transport
        self._reason = "closed by the venue"

    @classmethod
    async def open(cls, url: str, on_frame: OnFrame, messages: Sequence[bytes] = ()) -> Self:
        """Connect to `url` and send `messages` in order.

        Raises:
            ConnectionFailed: no connection within ten seconds, or the handshake was refused.
        """
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                transport, _ = await ws_connect(
                    lambda: _Listener(on_frame),
                    url,
                    websocket_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                    max_frame_size=FRAME_BYTES_MAX,
                )
        except (OSError, WSError, TimeoutError) as error:
            raise ConnectionFailed(str(error) or type(error).__name__) from error
        opened = cls(transport)
        for message in messages:
            opened.send(message)
        return opened

    def send(self, message: bytes) -> None:
        """Send one text message; nothing happens on a closed socket."""
        if not self._transport.is_disconnected:
            self._transport.send(WSMsgType.TEXT, message)

    def close(self, reason: str) -> None:
        """Hang up; `wait_closed` returns `reason`."""
        if not self._transport.is_disconnected:
            self._reason = reason
            self._transport.send_close()
            self._transport.disconnect()

    async def wait_closed(self) -> str:
        """Wait for the end of the connection; return why it ended."""
        try:
            await self._transport.wait_disconnected()
        except (OSError, WSError) as error:
            return f"connection lost: {error}"
        return self._reason
