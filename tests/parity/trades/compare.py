"""Our answer to a scenario, freqtrade's stored ones, and where two answers differ."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.parity.trades.play import answer
from tests.parity.trades.sides.here import Here

STORED = Path(__file__).parent / "answers.json.xz"


def ours(drawn: dict[str, Any]) -> Any:
    """Return our answer to a scenario, as JSON has it."""
    return json.loads(json.dumps(answer(Here(), drawn)))


def scenario_hash(drawn: dict[str, Any]) -> str:
    """Return a hash that changes with the scenario, so that an old answer isn't taken for a wrong one."""
    return hashlib.sha256(json.dumps(drawn, sort_keys=True).encode()).hexdigest()[:16]


def first_difference(ours: Any, theirs: Any, where: str = "") -> str | None:
    """Return where two answers differ first, in words; None where every digit and type is equal."""
    if type(ours) is not type(theirs):
        return f"{where}: ours {ours!r}, freqtrade's {theirs!r}"
    if isinstance(ours, dict):
        if ours.keys() != theirs.keys():
            return f"{where}: only one side has {sorted(ours.keys() ^ theirs.keys())}"
        return next(
            (text for key in ours if (text := first_difference(ours[key], theirs[key], f"{where}.{key}"))),
            None,
        )
    if isinstance(ours, list):
        if len(ours) != len(theirs):
            return f"{where}: ours has {len(ours)}, freqtrade's {len(theirs)}"
        pairs = enumerate(zip(ours, theirs, strict=True))
        return next(
            (text for at, (a, b) in pairs if (text := first_difference(a, b, f"{where}[{at}]"))), None
        )
    return None if repr(ours) == repr(theirs) else f"{where}: ours {ours!r}, freqtrade's {theirs!r}"
