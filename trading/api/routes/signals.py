"""`POST /api/v1/signals`: advice from outside, through the same gates as our own strategies'."""

from fastapi import APIRouter

from trading.api.problems import BadRequest
from trading.api.schemas import Order, SignalRequest
from trading.api.services import ServicesOf
from trading.core.signals import Direction, Signal
from trading.core.texts import storable

router = APIRouter(tags=["orders"])


@router.post("/signals", operation_id="send_signal")
def send_signal(services: ServicesOf, request: SignalRequest) -> Order:
    """Follow a signal and return its order, DENIED with a reason where a risk rule refuses it.

    The same id again returns the order that it gave the first time.
    """
    if request.symbol not in services.symbols:
        raise BadRequest(f"{request.symbol} is not traded here; TIDEGATE_SYMBOLS lists what is")
    signal = Signal(
        id=f"external:{request.id}",
        strategy=request.strategy,
        symbol=request.symbol,
        direction=Direction(request.direction),
        ts=services.clock.now_ns(),
        source="external",
        strength=request.strength,
        horizon_s=request.horizon_s,
        tag=storable(request.tag),
        stake=request.stake,
        size=request.size,
        limit_price=request.limit_price,
    )
    return Order.model_validate(services.engine.on_signal(signal))
