"""`/api/v1/feeds`: the health of the market data."""

from fastapi import APIRouter

from trading.api.schemas import Feed
from trading.api.services import ServicesOf

router = APIRouter(tags=["markets"])


@router.get("/feeds", operation_id="list_feeds")
def list_feeds(services: ServicesOf) -> list[Feed]:
    """Return lag, rate, gaps and quarantine count of each instrument's feed."""
    return [Feed.model_validate(view) for view in services.engine.feeds()]
