"""The BentoML service: `POST /forecast`, `GET /models`, `/readyz`, `/metrics`.

Every answer names the model's version. Started by `python -m serving`, which sets BentoML's
environment up first.
"""

from datetime import UTC, datetime

import bentoml
import structlog
from prometheus_client import Counter, Histogram
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from market.clock import NS_PER_S, SystemClock
from runtime.errors import Unavailable
from runtime.logs import configure_logs
from runtime.settings import CoreSettings, load
from serving import model_store
from serving.catalogue import declared_models
from serving.champions import ChampionWatch
from serving.database import ForecastDatabase
from serving.errors import BadModelFile
from serving.forecaster import Champion, Forecast, Forecaster, Refusal
from serving.orphans import exit_with_parent
from serving.request_guard import RequestGuard
from serving.settings import ForecastsSettings

log = structlog.get_logger()

GIVEN = Counter("forecasts_given_total", "Forecasts answered.", ["symbol", "model"])
REFUSED = Counter("forecasts_refused_total", "Forecasts refused, by reason.", ["code"])
SWAPS = Counter("forecasts_model_swaps_total", "Champions swapped in.", ["symbol"])
LATENCY = Histogram(
    "forecasts_answer_seconds", "From request to answer.", buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1)
)


class ForecastDocument(BaseModel):
    """A forecast as the API gives it; times RFC 3339, `last_price` a decimal string."""

    symbol: str
    made_at: str
    bar_close_time: str
    horizon_s: int
    predicted_return: float
    probability_up: float
    low: float
    high: float
    model: str
    model_version: str
    feature_hash: str
    last_price: str


async def list_models(_request: Request) -> JSONResponse:
    """List every promoted version, newest first, with how it was judged."""
    try:
        stored_models = model_store.stored_models()
    except BadModelFile as error:
        return JSONResponse({"code": error.code, "detail": str(error)}, status_code=503)
    models = [
        {
            "symbol": stored.symbol,
            "model": stored.model,
            "model_version": stored.version,
            "promoted_at": _rfc3339(stored.promoted_at),
            "feature_hash": stored.feature_hash,
            "hit_rate": stored.evaluation.hit_rate,
            "log_loss": stored.evaluation.log_loss,
            "baseline_log_loss": stored.evaluation.baseline_log_loss,
        }
        for stored in stored_models
    ]
    return JSONResponse(models)


@bentoml.asgi_app(Starlette(routes=[Route("/models", list_models)]))
@bentoml.service(name="forecasts", workers=1, traffic={"timeout": 10}, logging={"access": {"enabled": False}})
class Forecasts:
    """Forecasts of the next fifteen minutes for every configured symbol."""

    def __init__(self) -> None:
        core, own = load(CoreSettings), load(ForecastsSettings)
        configure_logs("forecasts", core.log_level)
        exit_with_parent()
        models = declared_models()
        self._database = ForecastDatabase(core)
        self._forecaster = Forecaster(self._database, core.symbols, SystemClock(), own.stale_after_s)
        self._watch = ChampionWatch(self._forecaster, models, core.symbols, _count_swap)
        self._watch.start(own.store_poll_s)
        log.info("forecasts_ready", models=sorted(models), versions=dict(self._forecaster.versions))

    @bentoml.api(route="/forecast")  # type: ignore[untyped-decorator]
    @LATENCY.time()
    def forecast(self, symbol: str) -> ForecastDocument:
        """Forecast a symbol's return over the next fifteen minutes, from its newest closed bar."""
        try:
            answer = self._forecaster.forecast(symbol)
            if isinstance(answer, Forecast):
                self._database.record(answer)
        except Unavailable as error:
            answer = Refusal(503, "forecast.no_database", str(error))
        if isinstance(answer, Refusal):
            REFUSED.labels(code=answer.code).inc()
            # BentoML passes a response through as it is; its own errors would log a traceback.
            return JSONResponse(  # type: ignore[return-value]
                {"code": answer.code, "detail": answer.detail}, status_code=answer.status
            )
        GIVEN.labels(symbol=answer.symbol, model=answer.model).inc()
        return _document(answer)

    @bentoml.on_shutdown  # type: ignore[untyped-decorator]
    def close(self) -> None:
        """Stop following the store and close the database."""
        self._watch.stop()
        self._database.close()


Forecasts.add_asgi_middleware(RequestGuard)  # type: ignore[attr-defined]


def _count_swap(symbol: str, _champion: Champion) -> None:
    SWAPS.labels(symbol=symbol).inc()


def _document(forecast: Forecast) -> ForecastDocument:
    return ForecastDocument(
        symbol=forecast.symbol,
        made_at=_rfc3339(forecast.made_at),
        bar_close_time=_rfc3339(forecast.bar_close_time),
        horizon_s=forecast.horizon_s,
        predicted_return=forecast.predicted_return,
        probability_up=forecast.probability_up,
        low=forecast.low,
        high=forecast.high,
        model=forecast.model,
        model_version=forecast.model_version,
        feature_hash=forecast.feature_hash,
        last_price=forecast.last_price,
    )


def _rfc3339(ts_ns: int) -> str:
    moment = datetime.fromtimestamp(ts_ns / NS_PER_S, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
