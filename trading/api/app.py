"""The application: routes, refusals, probes, the dashboard. Builds without a database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from runtime import VERSION, metrics
from trading.api import problems
from trading.api.dashboard import Dashboard
from trading.api.docs_page import docs_page
from trading.api.gate import Gate
from trading.api.openapi_schema import with_messages
from trading.api.routes import ROUTERS
from trading.api.services import Services

DASHBOARD = Path(__file__).resolve().parents[2] / "frontend" / "out"
DESCRIPTION = """Market data, forecasts, paper orders and the ledger of one Tidegate.

Money, prices, sizes and ratios are decimal strings. Refusals are `application/problem+json` with a
stable `code`. `GET /api/v1/stream` is a WebSocket; its messages are the schema `StreamMessage`."""
_PROBLEM = {
    "description": "A refusal: `code` is stable, `detail` says what to do.",
    "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
PROBLEMS: dict[int | str, dict[str, Any]] = {"422": _PROBLEM, "default": _PROBLEM}

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(services: Services, lifespan: Lifespan | None = None, dashboard: Path = DASHBOARD) -> FastAPI:
    """Build the application around its services; `lifespan` starts and stops the live loops."""
    app = FastAPI(
        title="Tidegate",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan or _nothing_to_start,
    )
    app.state.services = services
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1", responses=PROBLEMS)
    app.include_router(_probes())
    problems.install(app, services.on_fatal)
    app.openapi = lambda: with_messages(app)  # type: ignore[method-assign]
    app.mount("/", Dashboard(dashboard))
    app.add_middleware(Gate, access=services.access)
    return app


def _probes() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "alive"}

    @router.get("/readyz")
    def readyz(request: Request) -> JSONResponse:
        """Say whether the ledger is recovered and market data flows, or why not."""
        services: Services = request.app.state.services
        if reasons := services.problems():
            return JSONResponse({"status": "not ready", "reasons": reasons}, 503)
        return JSONResponse({"status": "ready"})

    @router.get("/metrics")
    def metrics_page() -> Response:
        """Return this process's metrics for Prometheus."""
        return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        """Show the operations of the API, without scripts or anything from elsewhere."""
        return docs_page(request.app.openapi())

    return router


@asynccontextmanager
async def _nothing_to_start(_: FastAPI) -> AsyncIterator[None]:
    yield
