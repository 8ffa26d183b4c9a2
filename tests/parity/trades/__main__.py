"""Compare our trades with the real freqtrade's: `python -m tests.parity.trades --runs 4000`.

Each seed is one scenario (`scenarios`), played on both sides (`play`); every number that can be seen must
have the same digits and the same type. `--store` keeps freqtrade's answers for
`tests/trading/strategy_framework/trades/test_freqtrade_answers.py`.
"""

import argparse
import json
import lzma
import sys
from collections import Counter
from typing import Any

from tests.parity.oracle_process import OracleProcess
from tests.parity.trades.compare import STORED, first_difference, ours, scenario_hash
from tests.parity.trades.scenarios import scenario

FREQTRADE = ("-m", "tests.parity.trades.sides.in_freqtrade")


def main() -> int:
    """Compare seeds; return 1 if any differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity.trades", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    different: Counter[str] = Counter()
    kept: dict[int, Any] = {}
    with OracleProcess(FREQTRADE) as oracle:
        for seed in range(options.seed, options.seed + options.runs):
            drawn = scenario(seed)
            theirs = oracle.ask(drawn)
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


if __name__ == "__main__":
    sys.exit(main())
