"""The gate in front of every request: access, size limit, security headers, metrics.

A pure ASGI middleware, so that it sees WebSockets too and costs nothing per streamed message.
"""

from collections.abc import Mapping
from time import perf_counter

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trading.api.access import Access
from trading.api.problems import ApiProblem, TooLarge, problem_response

BODY_BYTES_MAX = 64 * 1024
SECURITY_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=()",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
REQUESTS = Counter("trading_http_requests_total", "Answered requests.", ["route", "method", "status"])
LATENCY = Histogram(
    "trading_http_request_seconds",
    "Time to the start of the answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)


class Gate:
    """Let a request through, or answer why not."""

    def __init__(self, app: ASGIApp, *, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        client = scope.get("client")
        address = client[0] if client else "unknown"
        method = scope.get("method")
        problem = self._access.refusal(method=method, path=scope["path"], headers=headers, address=address)
        problem = problem or _too_large(method, headers)
        scope.setdefault("state", {})["actor"] = self._access.actor(address)
        if scope["type"] == "websocket":
            await self._websocket(problem, scope, receive, send)
        else:
            await self._http(problem, scope, receive, send)

    async def _http(self, problem: ApiProblem | None, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_security(message["headers"])
                route = getattr(scope.get("route"), "path", "refused" if problem else "files")
                REQUESTS.labels(route, _known(scope["method"]), message["status"]).inc()
                LATENCY.labels(route).observe(perf_counter() - started)
            await send(message)

        app: ASGIApp = problem_response(problem) if problem else self._app
        await app(scope, receive, guarded)

    async def _websocket(
        self, problem: ApiProblem | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if problem is None:
            await self._app(scope, receive, send)
            return
        await receive()
        response = problem_response(problem)
        start = {"type": "websocket.http.response.start", "status": response.status_code}
        await send({**start, "headers": response.raw_headers})
        await send({"type": "websocket.http.response.body", "body": response.body})


def _known(method: str) -> str:
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"


def _too_large(method: str | None, headers: Mapping[str, str]) -> ApiProblem | None:
    if method is None:
        return None
    if "transfer-encoding" in headers:
        return TooLarge("send a Content-Length; chunked bodies are not taken")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
        return TooLarge(f"the body may have {BODY_BYTES_MAX} bytes at most")
    return None


def _with_security(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in SECURITY_HEADERS.items() if name not in present)]
