"""The OpenAPI document, with the WebSocket's messages among its components."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from trading.api.messages import StreamMessage
from trading.api.schemas import Problem

_REFERENCE = "#/components/schemas/{model}"


def with_messages(app: FastAPI) -> dict[str, Any]:
    """Return the application's OpenAPI document, built once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        messages = TypeAdapter[Any](StreamMessage).json_schema(ref_template=_REFERENCE, mode="serialization")
        schemas: dict[str, Any] = document["components"]["schemas"]
        for name, schema in messages.pop("$defs").items():
            schemas.setdefault(name, schema)
        schemas["StreamMessage"] = messages
        schemas["Problem"] = Problem.model_json_schema(mode="serialization")
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema
