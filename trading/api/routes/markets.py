"""`/api/v1/markets`: the present of every symbol on every venue."""

from fastapi import APIRouter

from trading.api.schemas import Market
from trading.api.services import ServicesOf

router = APIRouter(tags=["markets"])


@router.get("/markets", operation_id="list_markets")
def list_markets(services: ServicesOf) -> list[Market]:
    """Return best bid, best ask and last price of each venue, with their age."""
    return [Market.model_validate(view) for view in services.engine.markets()]
