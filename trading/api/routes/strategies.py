"""`/api/v1/strategies`: what runs, and what it has earned."""

from decimal import Decimal

from fastapi import APIRouter

from trading.api.schemas import Strategy
from trading.api.services import ServicesOf

router = APIRouter(tags=["strategies"])


@router.get("/strategies", operation_id="list_strategies")
def list_strategies(services: ServicesOf) -> list[Strategy]:
    """Return every strategy that is loaded, with the ledger's figures."""
    known = {view.name: view for view in services.engine.strategies()}
    rows = []
    for sheet in services.strategies.sheets():
        view = known.get(sheet.name)
        rows.append(
            Strategy(
                name=sheet.name,
                timeframe=sheet.timeframe,
                capital=sheet.capital,
                docs=sheet.docs,
                state=view.state if view else "on",
                error=view.error if view else None,
                pnl=view.pnl if view else Decimal(0),
                open_positions=view.open_positions if view else 0,
                trades=view.trades if view else 0,
            )
        )
    return rows
