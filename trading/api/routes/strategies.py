"""`/api/v1/strategies`: what runs, and what it has earned."""

from decimal import Decimal

from fastapi import APIRouter

from trading.api.schemas import Strategy
from trading.api.services import ServicesOf, StrategySheet

router = APIRouter(tags=["strategies"])


@router.get("/strategies", operation_id="list_strategies")
def list_strategies(services: ServicesOf) -> list[Strategy]:
    """Return every strategy that is loaded, with the ledger's figures."""
    known = {view.name: view for view in services.engine.strategies()}
    sheets = list(services.strategies.sheets())
    loaded = {sheet.name for sheet in sheets}
    sheets += [  # what has left a position behind must be seen, though it runs no more
        StrategySheet(name=view.name, timeframe="", capital=Decimal(0), docs="")
        for view in known.values()
        if view.name not in loaded and view.state == "error" and view.open_positions
    ]
    rows = []
    for sheet in sheets:
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
