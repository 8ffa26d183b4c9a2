"""`/api/v1/orders` and `/api/v1/fills`: what was sent and what came of it."""

from typing import Annotated

from fastapi import APIRouter, Query

from trading.api.problems import NotFound
from trading.api.schemas import Fill, Order
from trading.api.services import Actor, ServicesOf

router = APIRouter(tags=["orders"])
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/orders", operation_id="list_orders")
def list_orders(services: ServicesOf, limit: Limit = 100, *, open_only: bool = False) -> list[Order]:
    """Return the newest orders first, each with its route."""
    return [Order.model_validate(view) for view in services.engine.orders(limit, open_only=open_only)]


@router.get("/orders/{client_order_id}", operation_id="get_order")
def get_order(services: ServicesOf, client_order_id: str) -> Order:
    """Return one order."""
    view = services.engine.order(client_order_id)
    if view is None:
        raise NotFound(f"there is no order {client_order_id}", code="order.unknown")
    return Order.model_validate(view)


@router.delete("/orders/{client_order_id}", operation_id="cancel_order")
def cancel_order(services: ServicesOf, actor: Actor, client_order_id: str) -> Order:
    """Cancel an open order."""
    return Order.model_validate(services.engine.cancel(client_order_id, by=actor))


@router.get("/fills", operation_id="list_fills")
def list_fills(services: ServicesOf, limit: Limit = 100) -> list[Fill]:
    """Return the newest fills first."""
    return [Fill.model_validate(view) for view in services.engine.fills(limit)]
