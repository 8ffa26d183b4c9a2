"""The OpenAPI document: made without a database, and the one that the dashboard is built from."""

import json
from pathlib import Path

from trading.api.openapi import document

COMMITTED = Path(__file__).parents[3] / "frontend" / "openapi.json"


def test_the_committed_document_is_the_present_one() -> None:
    told = "run: python -m trading.api.openapi > frontend/openapi.json"
    assert COMMITTED.read_text(encoding="utf-8") == document(), told


def test_every_operation_has_a_name_of_its_own_and_problems() -> None:
    operations = [
        operation for methods in json.loads(document())["paths"].values() for operation in methods.values()
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all("default" in operation["responses"] for operation in operations)


def test_the_streams_messages_are_among_the_schemas() -> None:
    schemas = json.loads(document())["components"]["schemas"]
    mapping = schemas["StreamMessage"]["discriminator"]["mapping"]
    assert set(mapping) == {
        "hello", "prices", "bar", "portfolio", "positions", "order", "fill", "forecast", "feeds", "status",
        "heartbeat",
    }  # fmt: skip
    for reference in mapping.values():
        schema = schemas[reference.rpartition("/")[2]]
        assert {"type", "seq", "ts_ms"} <= set(schema["required"])
