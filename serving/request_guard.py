"""Check a request's body before BentoML sees it: BentoML answers bad ones with a logged traceback."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import msgspec
from starlette.responses import JSONResponse

BODY_BYTES_MAX = 4096

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]


class ForecastRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /forecast`."""

    symbol: str


class RequestGuard:
    """ASGI middleware that answers 400 with a reason to a body that is no `ForecastRequest`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a good request on, with its body put back; answer any other."""
        if scope["type"] != "http" or scope["path"] != "/forecast" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        reason = _problem(body)
        if reason is not None:
            answer = JSONResponse({"code": "forecast.bad_request", "detail": reason}, status_code=400)
            await answer(scope, receive, send)
            return
        replay: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return replay.pop() if replay else await receive()

        # BentoML reads any content type but JSON its own way; the guard has made sure that it is JSON.
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
        scope = {**scope, "headers": [*headers, (b"content-type", b"application/json")]}
        await self._app(scope, receive_again, send)


async def _read(receive: Receive) -> bytes:
    """Read a body up to one byte more than is allowed."""
    body = b""
    while len(body) <= BODY_BYTES_MAX:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


def _problem(body: bytes) -> str | None:
    if len(body) > BODY_BYTES_MAX:
        return f"the body is longer than {BODY_BYTES_MAX} bytes"
    try:
        msgspec.json.decode(body, type=ForecastRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f'send {{"symbol": "BTC/USDT"}} as JSON; {error}'
    return None
