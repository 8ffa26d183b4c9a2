"""`/api/v1/status`: what the service is doing."""

from fastapi import APIRouter

from trading.api.schemas import Status
from trading.api.services import ServicesOf

router = APIRouter(tags=["status"])


@router.get("/status", operation_id="get_status")
def get_status(services: ServicesOf) -> Status:
    """Return the mode, the trading state and who halted it."""
    return services.status()
