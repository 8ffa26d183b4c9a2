"""Problems over HTTP: every refusal is `application/problem+json` with a stable `code`.

    ApiProblem
    ├── NotReady        503, the engine is still recovering, or something that it needs is down
    ├── NotFound        404
    ├── BadRequest      422, well-formed but not acceptable
    ├── Unauthorized    401
    ├── Forbidden       403, another host or another site
    ├── TooLarge        413
    └── TooManyAttempts 429

Errors of the trading room are mapped from their `code` here; the core knows no HTTP.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from market.errors import MarketError
from runtime.errors import RuntimeFailure, Transient
from trading.api.schemas import Problem
from trading.errors import JournalFailure, TradingError

MEDIA_TYPE = "application/problem+json"
STATUS_BY_CODE = {
    "signal.bad": 422,
    "order.unknown": 404,
    "order.finished": 409,
    "trading.not_halted": 409,
    "market.unknown_instrument": 422,
    "market.bad_event": 422,
}
log = structlog.get_logger()


class ApiProblem(Exception):
    """Root: a refusal that the client can read. `detail` says what to do."""

    status = 500
    code = "api.problem"

    def __init__(self, detail: str, *, code: str | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.retry_after_s = retry_after_s


class NotReady(ApiProblem):
    """The service can't answer this yet, or not now."""

    status, code = 503, "api.not_ready"


class NotFound(ApiProblem):
    """There is no such thing."""

    status, code = 404, "api.not_found"


class BadRequest(ApiProblem):
    """The request is well-formed but not acceptable."""

    status, code = 422, "request.bad"


class Unauthorized(ApiProblem):
    """No valid token or session came with the request."""

    status, code = 401, "access.unauthorized"


class Forbidden(ApiProblem):
    """The request comes through a host name or a site that is not ours."""

    status, code = 403, "access.forbidden"


class TooLarge(ApiProblem):
    """The body is larger than any document that we take."""

    status, code = 413, "request.too_large"


class TooManyAttempts(ApiProblem):
    """Too many wrong tokens came from this address."""

    status, code = 429, "access.too_many_attempts"


def problem_response(problem: ApiProblem) -> JSONResponse:
    """Write a problem as a response."""
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == Unauthorized.status:
        headers["WWW-Authenticate"] = "Bearer"
    return _response(problem.status, problem.code, problem.detail, headers)


def install(app: FastAPI, on_fatal: Callable[[BaseException], None]) -> None:
    """Register the handlers; `on_fatal` hears of a journal that can no longer be trusted."""

    async def on_api(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiProblem)
        return problem_response(error)

    async def on_ours(_: Request, error: Exception) -> Response:
        if isinstance(error, JournalFailure):
            on_fatal(error)
            return _response(503, error.code, "the journal failed; trading restarts and recovers")
        code = getattr(error, "code", "api.failure")
        status = 503 if isinstance(error, Transient) else STATUS_BY_CODE.get(code, 500)
        return _response(status, code, str(error))

    async def on_validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _response(422, "request.invalid", _in_words(error))

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        return _response(error.status_code, f"http.{error.status_code}", str(error.detail), headers)

    async def on_bug(request: Request, error: Exception) -> Response:
        log.error("request_failed", path=request.url.path, error=repr(error))
        return _response(500, "api.bug", "the service failed on this request; its log says why")

    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        ApiProblem: on_api,
        TradingError: on_ours,
        MarketError: on_ours,
        RuntimeFailure: on_ours,
        RequestValidationError: on_validation,
        HTTPException: on_http,
        Exception: on_bug,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _response(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail)
    return JSONResponse(problem.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)


def _in_words(error: RequestValidationError) -> str:
    parts = []
    for problem in error.errors()[:5]:
        where = ".".join(str(part) for part in problem["loc"] if part not in {"body", "query", "path"})
        message = str(problem["msg"]).removeprefix("Value error, ")
        parts.append(f"{where}: {message}" if where else message)
    return "; ".join(parts)
