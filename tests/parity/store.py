"""Ask the real freqtrade for the answers that ``make test`` compares with: ``python -m tests.parity.store``.

Only answers are stored; strategies and candles are drawn from their seeds again. Each answer
carries a hash of its case, so that a change of the generator is not taken for a wrong answer.
"""

import hashlib
import json
import lzma
import tempfile
from pathlib import Path
from typing import Any

from tests.parity.cases.case import Case
from tests.parity.cases.files import write_case
from tests.parity.cases.generate import KINDS, generate
from tests.parity.oracle_process import OracleProcess

STORED = Path(__file__).parent / "stored_answers.json.xz"
SEEDS = {"mixed": range(12)}
SEEDS_OF_A_KIND = range(3)


def case_hash(case: Case) -> str:
    """Return a hash of all that an answer hangs on."""
    known = hashlib.sha256(case.source.encode())
    known.update(
        json.dumps(
            [case.config, case.timerange, case.markets, case.tiers, case.beside], sort_keys=True
        ).encode()
    )
    for key, frame in sorted(case.candles.items()):
        known.update(f"{key}{frame.astype({'date': 'int64'}).to_csv(index=False)}".encode())
    return known.hexdigest()[:16]


def read_stored() -> dict[str, dict[str, Any]]:
    """Return the stored answers by ``kind:seed``: ``{"case": hash, "answer": …}``."""
    stored: dict[str, dict[str, Any]] = json.loads(lzma.decompress(STORED.read_bytes()))
    return stored


def main() -> None:
    """Write the answers of all kinds anew."""
    stored: dict[str, dict[str, Any]] = {}
    with OracleProcess() as oracle, tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            for seed in SEEDS.get(kind, SEEDS_OF_A_KIND):
                case = generate(kind, seed)
                reply = oracle.ask(write_case(case, Path(folder) / f"{kind}-{seed}"))
                if "answer" not in reply:
                    raise SystemExit(f"freqtrade refuses {case.name}: {reply['error']}")
                stored[case.name] = {"case": case_hash(case), "answer": reply["answer"]}
    STORED.write_bytes(lzma.compress(json.dumps(stored, separators=(",", ":")).encode(), preset=9))
    trades = sum(len(entry["answer"]["trades"]) for entry in stored.values())
    print(f"{len(stored)} answers with {trades} trades, {STORED.stat().st_size / 1024:.0f} KiB in {STORED}")


if __name__ == "__main__":
    main()
