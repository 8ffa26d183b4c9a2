"""`/api/v1/trading/…`: the operator's hand on the gate."""

from fastapi import APIRouter

from trading.api.schemas import HaltRequest, HaltResult, ResumeRequest, Status
from trading.api.services import Actor, ServicesOf

router = APIRouter(prefix="/trading", tags=["trading"])


@router.post("/halt", operation_id="halt_trading")
def halt_trading(services: ServicesOf, actor: Actor, request: HaltRequest) -> HaltResult:
    """Stop trading: cancel every open order, keep the positions. Survives a restart."""
    report = services.engine.halt(request.reason or "halted by hand", by=actor)
    return HaltResult.model_validate(report)


@router.post("/resume", operation_id="resume_trading")
def resume_trading(services: ServicesOf, actor: Actor, request: ResumeRequest) -> Status:
    """Trade again after a halt; the body must hold the typed word RESUME."""
    assert request.confirm == "RESUME", "the schema admits nothing else"
    services.engine.resume(by=actor)
    return services.status()
