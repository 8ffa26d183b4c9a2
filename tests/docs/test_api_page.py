"""docs/api.md names every call that the service offers, and no other; its signals are accepted."""

import json
import re
from pathlib import Path

import pytest

from trading.api.schemas import SignalRequest
from trading.strategies import strategy_files

ROOT = Path(__file__).parents[2]


def test_the_page_and_the_openapi_document_name_the_same_calls() -> None:
    page = (ROOT / "docs/api.md").read_text()
    named = set(re.findall(r"`(GET|POST|DELETE) (/api/v1/[^`?]*)", page))
    document = json.loads((ROOT / "frontend/openapi.json").read_text())
    offered = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert named == offered


@pytest.mark.parametrize("page", ["docs/api.md", "docs/how-to/run-a-freqtrade-strategy.md"])
def test_the_signals_that_a_page_shows_are_accepted(page: str) -> None:
    bodies = re.findall(r"/api/v1/signals -H .* -d '(.*)'", (ROOT / page).read_text())
    assert bodies
    for body in bodies:
        signal = SignalRequest.model_validate_json(body)
        assert (signal.direction, signal.strategy) == ("exit_long", "grid")


def test_the_line_that_keeps_our_strategies_running_names_each() -> None:
    page = (ROOT / "docs/how-to/run-a-freqtrade-strategy.md").read_text()
    ours = ",".join(path.stem for path in strategy_files())
    assert f"TIDEGATE_TRADING_STRATEGIES={ours}," in page
