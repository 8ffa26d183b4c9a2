"""Run a file of recorded cases: ``python -m tests.parity.cases_file FILE`` (``make parity-cases``)."""

import argparse
import contextlib
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.parity.cases.files import write_case
from tests.parity.cases.recorded import read_cases, recorded_case
from tests.parity.compare import same
from tests.parity.oracle_process import OracleProcess
from tests.parity.ours import run_here, spelled

ANSWERS = "freqtrade_2026_9"


def main() -> int:
    """Print one line a case; return 1 if any differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity.cases_file", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--oracle", action="store_true", help="ask the real freqtrade instead of Tidegate")
    options = parser.parse_args()
    cases = read_cases(options.file)
    equal = 0
    with contextlib.ExitStack() as stack:
        oracle = stack.enter_context(OracleProcess()) if options.oracle else None
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for number, raw in enumerate(cases):
            job = write_case(recorded_case(raw), Path(folder) / str(number))
            problem = _problem(raw, job, oracle)
            equal += problem is None
            print(f"{raw.get('id', number)}: {problem or 'equal'}", flush=True)
    print(f"{equal} of {len(cases)} cases equal")
    return 0 if equal == len(cases) else 1


def _problem(raw: dict[str, Any], job: dict[str, Any], oracle: OracleProcess | None) -> str | None:
    if oracle:
        reply = oracle.ask(job)
        return reply["error"] if "error" in reply else case_difference(raw, reply["answer"])
    try:
        return both_engines_difference(raw, job)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def both_engines_difference(raw: dict[str, Any], job: dict[str, Any]) -> str | None:
    """Return how our trades differ from the recorded ones, in either way through a backtest."""
    result = run_here(job)
    problem = case_difference(raw, spelled(result))
    if problem is None and result.engine != "general":
        problem = case_difference(raw, spelled(run_here(job, engine="general")))
    return problem


def case_difference(raw: dict[str, Any], answer: dict[str, Any]) -> str | None:
    """Return how an answer differs from the recorded one, or None."""
    expected, trades = raw[ANSWERS], answer["trades"]
    if len(expected) != len(trades):
        return f"{len(expected)} trades expected, got {len(trades)}"
    for number, (wanted, trade) in enumerate(zip(expected, trades, strict=True), start=1):
        for field, value in wanted.items():
            got = _date(trade[field]) if field.endswith("_date") else trade[field]
            if not same(value, got):
                return f"trade {number}: {field} should be {value!r}, is {got!r}"
    return None


def _date(milliseconds: int) -> str:
    return str(datetime.fromtimestamp(milliseconds / 1000, tz=UTC))


if __name__ == "__main__":
    sys.exit(main())
