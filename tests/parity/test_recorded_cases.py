"""The hand-written cases with freqtrade's exact answers, where their file is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.parity.cases.files import write_case
from tests.parity.cases.recorded import recorded_case
from tests.parity.cases_file import both_engines_difference

FILE = Path(__file__).parents[2] / ".." / "shared" / "data" / "freqtrade" / "backtest_cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text()) if FILE.exists() else []


@pytest.mark.skipif(not CASES, reason=f"the recorded cases are not at {FILE}")
def test_there_are_recorded_cases() -> None:
    assert len(CASES) == 40


@pytest.mark.parametrize("raw", CASES, ids=lambda raw: str(raw["id"]))
def test_a_recorded_case_gives_its_recorded_trades(raw: dict[str, Any], tmp_path: Path) -> None:
    assert both_engines_difference(raw, write_case(recorded_case(raw), tmp_path)) is None
