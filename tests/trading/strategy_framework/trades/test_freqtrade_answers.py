"""What freqtrade 2026.9 answered to seeded scenarios, digit for digit.

`python -m tests.parity.trades --store` asks anew.
"""

import json
import lzma
from functools import cache
from typing import Any

import pytest

from tests.parity.trades.compare import STORED, first_difference, ours, scenario_hash
from tests.parity.trades.scenarios import scenario


@cache
def stored() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(lzma.decompress(STORED.read_bytes()))
    return answers


@pytest.mark.parametrize("kind", ["trade", "numbers", "account", "market", "ticks"])
def test_everything_seen_of_a_scenario_has_freqtrades_digits_and_types(kind: str) -> None:
    played = 0
    for seed, (drawn_from, theirs) in stored().items():
        drawn = scenario(int(seed))
        if drawn["kind"] == kind:
            assert scenario_hash(drawn) == drawn_from, (
                f"seed {seed} draws another scenario: store answers anew"
            )
            assert first_difference(ours(drawn), theirs) is None, f"seed {seed}"
            played += 1
    assert played >= 10
