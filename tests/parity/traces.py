"""Compare the calls that both sides made of a generated strategy's callbacks."""

import os
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.parity.ours import answer_here


def traced_here(job: dict[str, Any], path: Path) -> dict[str, Any]:
    """Run a job here with the general loop while its strategy writes its calls to ``path``."""
    os.environ["PARITY_TRACE"] = str(path)
    try:
        return answer_here(job, engine="general")
    finally:
        del os.environ["PARITY_TRACE"]


def first_different_line(theirs: Path, ours: Path) -> str:
    """Return the first call that differs, with the one before it."""
    mine = ours.read_text().splitlines() if ours.exists() else []
    others = theirs.read_text().splitlines() if theirs.exists() else []
    before = "the first call"
    for number, (expected, got) in enumerate(zip_longest(others, mine, fillvalue="(none)"), start=1):
        if expected != got:
            return f"after {before}\ncall {number} differs:\n  freqtrade {expected}\n  here      {got}"
        before = got
    return f"{len(others)} calls, all equal"
