"""`/api/v1/forecasts`: the newest answer of the models."""

from fastapi import APIRouter

from trading.api.schemas import Forecast
from trading.api.services import ServicesOf

router = APIRouter(tags=["models"])


@router.get("/forecasts", operation_id="list_forecasts")
def list_forecasts(services: ServicesOf) -> list[Forecast]:
    """Return the newest forecast of each symbol that has one."""
    return [Forecast.model_validate(forecast) for forecast in services.forecasts.newest()]
