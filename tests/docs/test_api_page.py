"""docs/api.md names every call that the service offers, and no other."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_and_the_openapi_document_name_the_same_calls() -> None:
    page = (ROOT / "docs/api.md").read_text()
    named = set(re.findall(r"`(GET|POST|DELETE) (/api/v1/[^`?]*)", page))
    document = json.loads((ROOT / "frontend/openapi.json").read_text())
    offered = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert named == offered
