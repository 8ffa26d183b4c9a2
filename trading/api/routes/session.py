"""`/api/v1/session`: signing in with the access token, and out."""

from fastapi import APIRouter, Request, Response

from trading.api.access import COOKIE, SESSION_S
from trading.api.schemas import SessionRequest
from trading.api.services import ServicesOf

router = APIRouter(prefix="/session", tags=["access"])


@router.post("", operation_id="open_session", status_code=204)
def open_session(services: ServicesOf, request: Request, body: SessionRequest) -> Response:
    """Exchange the token for a session cookie of seven days. Without a token set, does nothing."""
    answer = Response(status_code=204)
    if services.access.needs_token:
        address = request.client.host if request.client else "unknown"
        answer.set_cookie(
            COOKIE,
            services.access.open_session(body.token, address),
            max_age=SESSION_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return answer


@router.delete("", operation_id="close_session", status_code=204)
def close_session() -> Response:
    """Forget the session cookie of this browser."""
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer
