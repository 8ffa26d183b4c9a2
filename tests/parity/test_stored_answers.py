"""A fixed part of the differential test: answers that freqtrade 2026.9 gave, stored in the repository."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.parity.cases.files import write_case
from tests.parity.cases.generate import KINDS, generate
from tests.parity.compare import first_difference
from tests.parity.ours import run_here, spelled
from tests.parity.store import case_hash, read_stored


@cache
def stored() -> dict[str, dict[str, Any]]:
    return read_stored()


def test_every_kind_of_case_has_stored_answers() -> None:
    assert {name.partition(":")[0] for name in stored()} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_backtest_gives_every_digit_of_freqtrades_answer(kind: str, tmp_path: Path) -> None:
    for name, entry in stored().items():
        if name.partition(":")[0] != kind:
            continue
        case = generate(kind, int(name.partition(":")[2]))
        assert case_hash(case) == entry["case"], f"{name} has changed: python -m tests.parity.store asks anew"
        job = write_case(case, tmp_path / name.replace(":", "-"))
        result = run_here(job)
        assert first_difference(entry["answer"], spelled(result)) is None, name
        if result.engine != "general":
            general = spelled(run_here(job, engine="general"))
            assert first_difference(entry["answer"], general) is None, f"{name}, general loop"
