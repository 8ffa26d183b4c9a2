"""The differential test: seeded cases through the real freqtrade and through Tidegate.

``python -m tests.parity`` runs many and names every difference with its kind and seed;
``python -m tests.parity --show trailing:17`` runs one and prints both lists of trades;
``--trace`` also prints the first callback call that differs.
"""

import argparse
import itertools
import logging
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

from tests.parity.cases.files import write_case
from tests.parity.cases.generate import KINDS, generate
from tests.parity.compare import first_difference, side_by_side
from tests.parity.oracle_process import OracleProcess
from tests.parity.ours import run_here, spelled
from tests.parity.traces import first_different_line, traced_here

AHEAD = 3  # jobs that freqtrade works on while we run ours


def main() -> int:
    """Run what the command line asks for; return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="how many cases (default 2000)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed of each kind (default 0)")
    parser.add_argument("--kind", default="", help=f"only these kinds, with commas: {', '.join(KINDS)}")
    parser.add_argument("--show", metavar="KIND:SEED", help="run one case, print both lists of trades")
    parser.add_argument("--trace", action="store_true", help="with --show: the first call that differs")
    parser.add_argument("--keep", type=Path, help="with --show: keep the case's files in this folder")
    options = parser.parse_args()
    # The callbacks of the cases fail on purpose now and then; a line for each would drown the rest.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if options.show:
        return _show(options.show, trace=options.trace, keep=options.keep)
    kinds = options.kind.split(",") if options.kind else list(KINDS)
    return _run(kinds, runs=options.runs, seed=options.seed)


def _run(kinds: list[str], *, runs: int, seed: int) -> int:
    names = itertools.islice(((kind, number) for number in itertools.count(seed) for kind in kinds), runs)
    differing: list[str] = []
    trades = refused = fast = 0
    with tempfile.TemporaryDirectory() as folder, OracleProcess() as oracle:
        for done, (job, reply) in enumerate(_replies(oracle, names, Path(folder)), start=1):
            if "error" in reply:
                refused += 1
                problem, engine = _accepted_here(job, reply["error"]), ""
            else:
                trades += len(reply["answer"]["trades"])
                problem, engine = _problem_here(job, reply["answer"])
            fast += engine == "fast"
            if problem:
                differing.append(job["id"])
                print(f"DIFFERENT {job['id']} {problem}", flush=True)
            if done % 50 == 0 or done == runs:
                print(f"{done} of {runs} runs, {trades} trades, {len(differing)} different", flush=True)
    print(
        f"{runs} runs from seed {seed} over {len(kinds)} kinds: {trades} trades, {fast} in the fast loop, "
        f"{len(differing)} differences" + (f", {refused} of them refused by freqtrade" if refused else "")
    )
    if differing:
        print("See one with: python -m tests.parity --trace --show", differing[0])
    return 1 if differing else 0


def _replies(
    oracle: OracleProcess, names: Iterator[tuple[str, int]], folder: Path
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each job with freqtrade's reply; freqtrade works a few jobs ahead of us."""
    waiting: list[dict[str, Any]] = []
    for kind, seed in names:
        job = write_case(generate(kind, seed), folder / f"{kind}-{seed}")
        oracle.send(job)
        waiting.append(job)
        if len(waiting) > AHEAD:
            yield waiting.pop(0), oracle.receive()
    while waiting:
        yield waiting.pop(0), oracle.receive()


def _problem_here(job: dict[str, Any], expected: dict[str, Any]) -> tuple[str | None, str]:
    """Compare the engine that is chosen by itself, and the general loop where that is another one."""
    engine = "auto"
    try:
        result = run_here(job, engine=engine)
        problem = first_difference(expected, spelled(result))
        if not problem and result.engine != "general":
            engine = "general"
            problem = first_difference(expected, spelled(run_here(job, engine=engine)))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"fails here: {type(error).__name__}: {error} ({place.filename}:{place.lineno})", ""
    return (f"[{engine}] {problem}" if problem else None), result.engine


def _accepted_here(job: dict[str, Any], refusal: str) -> str | None:
    """What freqtrade refuses must fail here too."""
    try:
        result = run_here(job)
    except Exception:
        return None
    return f"freqtrade refuses it ({refusal}), here it makes {len(result.trades)} trades"


def _show(name: str, *, trace: bool, keep: Path | None) -> int:
    kind, _, seed = name.partition(":")
    with tempfile.TemporaryDirectory() as folder:
        home = keep or Path(folder)
        job = write_case(generate(kind, int(seed)), home)
        calls = home / "freqtrade.calls"
        with OracleProcess(trace=calls if trace else None) as oracle:
            reply = oracle.ask(job)
        if "error" in reply:
            print("freqtrade refuses the case:", reply["error"])
            return 1
        if trace:
            answer = traced_here(job, home / "our.calls")
            print(first_different_line(calls, home / "our.calls"))
        else:
            answer = spelled(run_here(job))
        print(side_by_side(reply["answer"], answer))
        problem = first_difference(reply["answer"], answer)
        print(problem or "equal")
        return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
