"""`/api/v1/portfolio` and `/api/v1/positions`: the account."""

from fastapi import APIRouter

from trading.api.schemas import Portfolio, Position
from trading.api.services import ServicesOf

router = APIRouter(tags=["portfolio"])


@router.get("/portfolio", operation_id="get_portfolio")
def get_portfolio(services: ServicesOf) -> Portfolio:
    """Return equity, profit, drawdown and exposure at present marks."""
    return Portfolio.model_validate(services.engine.portfolio())


@router.get("/positions", operation_id="list_positions")
def list_positions(services: ServicesOf) -> list[Position]:
    """Return the open positions."""
    return [Position.model_validate(view) for view in services.engine.positions()]
