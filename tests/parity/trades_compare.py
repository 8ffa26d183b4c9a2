"""Compare our trades with the real freqtrade's: `python -m tests.parity.trades_compare --runs 4000`.

Each seed is one scenario (`trades_draw`), played on both sides (`trades_steps`); every number that can be
seen must have the same digits and the same type. `--store` keeps freqtrade's answers for
`tests/trading/strategy_framework/trades/test_freqtrade_answers.py`.
"""

import argparse
import hashlib
import json
import lzma
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.parity import trades_steps
from tests.parity.oracle_process import PYTHON
from tests.parity.trades_draw import scenario
from tests.parity.trades_here import Here

SERVER = Path(__file__).parent / "trades_freqtrade.py"
STORED = Path(__file__).parent / "trades_answers.json.xz"


def main() -> int:
    """Compare seeds; return 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    different: Counter[str] = Counter()
    kept: dict[int, Any] = {}
    with Freqtrade() as oracle:
        for seed in range(options.seed, options.seed + options.runs):
            drawn = scenario(seed)
            theirs = oracle.answer(drawn)
            found = first_difference(ours(drawn), theirs)
            if found:
                different[drawn["kind"]] += 1
                print(f"seed {seed} ({drawn['kind']}): {found}")
            if options.store:
                kept[seed] = [scenario_hash(drawn), theirs]
    if kept:
        STORED.write_bytes(lzma.compress(json.dumps(kept, separators=(",", ":")).encode()))
    print(f"{options.runs} scenarios, {sum(different.values())} different {dict(different) or ''}")
    return 1 if different else 0


def ours(drawn: dict[str, Any]) -> Any:
    """Return our answer to a scenario, as JSON has it."""
    return json.loads(json.dumps(trades_steps.answer(Here(), drawn)))


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


class Freqtrade:
    """The real one, in a process of its own."""

    def __enter__(self) -> "Freqtrade":
        if not PYTHON.exists():
            raise SystemExit(f"There is no freqtrade at {PYTHON}: `make parity` installs it.")
        command = [str(PYTHON), "-W", "ignore", str(SERVER)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def answer(self, drawn: dict[str, Any]) -> Any:
        """Play a scenario there."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(drawn) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("freqtrade's side ended early; its error is above")
        return json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
