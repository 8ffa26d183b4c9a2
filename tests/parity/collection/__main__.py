"""Run a folder of strategies in the real freqtrade and here: ``python -m tests.parity.collection``.

Freqtrade's answers are kept under ``.parity/collection`` and asked for only once. The table says of
each strategy and kind of data: equal, different (where first), fails in freqtrade, or fails here.
"""

import argparse
import logging
import signal
import sys
import warnings
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import structlog

from tests.parity.collection.jobs import job_of
from tests.parity.collection.market_data import prepare
from tests.parity.collection.oracle_answers import OracleAnswers
from tests.parity.collection.strategy_files import Found, find_strategies
from tests.parity.compare import first_difference
from tests.parity.ours import answer_here
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.loading.loader import strategies_in

ROOT = Path(__file__).parents[3]
RECORDED = ROOT / ".." / "shared" / "data" / "candles" / "binance"


def main() -> int:
    """Run what the command line asks for; return 1 if anything differs or fails here alone."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    strategies = [found for folder in options.strategies for found in find_strategies(folder)]
    if options.only:
        strategies = [found for found in strategies if options.only in found.label]
    if options.sample:
        strategies = Random(options.seed).sample(strategies, min(options.sample, len(strategies)))
    if options.load_only:
        return _load(strategies)
    kinds = options.data.split(",")
    for kind in kinds:
        prepare(kind, options.home / "data" / kind, options.candles)
    wanted = [(found, _job(found, kind, options)) for kind in kinds for found in strategies]
    answers = OracleAnswers(options.home / "answers")
    if not options.no_freqtrade:
        answers.fill(wanted)
    if options.freqtrade_only:
        return 0
    return _compare(wanted, answers, options.report)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.parity.collection", description=__doc__)
    parser.add_argument("--strategies", type=Path, nargs="+", required=True, help="folders of strategy files")
    parser.add_argument("--candles", type=Path, default=RECORDED, help="recorded candles, parquet")
    parser.add_argument("--data", default="real,generated", help="which data, with commas")
    parser.add_argument("--timerange", default="20250601-20250701")
    parser.add_argument("--home", type=Path, default=ROOT / ".parity" / "collection", help="data and answers")
    parser.add_argument("--seconds", type=int, default=600, help="limit of one run in freqtrade")
    parser.add_argument("--only", help="only strategies whose path or class contains this")
    parser.add_argument("--sample", type=int, help="only so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--load-only", action="store_true", help="only say which files load here")
    parser.add_argument("--freqtrade-only", action="store_true", help="only ask freqtrade")
    parser.add_argument("--no-freqtrade", action="store_true", help="only what freqtrade has answered before")
    parser.add_argument("--report", type=Path, help="write the table here (markdown)")
    return parser.parse_args()


def _job(found: Found, kind: str, options: argparse.Namespace) -> dict[str, Any]:
    data = (options.home / "data" / kind).resolve()
    return job_of(found, kind=kind, data=data, timerange=options.timerange, seconds_max=options.seconds)


def _load(strategies: list[Found]) -> int:
    failed = 0
    for found in strategies:
        try:
            strategies_in(found.path)
        except StrategyError as error:
            failed += 1
            print(f"{found.label}: {error}", flush=True)
    print(f"{len(strategies) - failed} of {len(strategies)} files load")
    return 0


def _compare(wanted: list[tuple[Found, dict[str, Any]]], answers: OracleAnswers, report: Path | None) -> int:
    rows: list[str] = []
    counts: Counter[str] = Counter()
    for found, job in wanted:
        reply = answers.stored(job, found)
        if reply is None:
            continue
        verdict, detail = _verdict(job, reply)
        counts[verdict] += 1
        line = f"| {job['id']} | {verdict} | {detail} |"
        print(line, flush=True)
        rows.append(line.replace("\n", " "))
    summary = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    print(summary)
    if report:
        head = ["| strategy, data | result | trades, or what |", "|---|---|---|"]
        report.write_text("\n".join([*head, *rows, "", summary, ""]))
    return 1 if counts["different"] or counts["fails here"] else 0


def _verdict(job: dict[str, Any], reply: dict[str, Any]) -> tuple[str, str]:
    if "error" in reply:
        return "fails in freqtrade", str(reply["error"])[:200]
    signal.signal(signal.SIGALRM, _overtime)
    signal.alarm(job["seconds_max"])
    try:
        answer = answer_here(job)
    except TimeoutError as error:
        return "fails here", str(error)
    except Exception as error:
        return "fails here", f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.alarm(0)
    problem = first_difference(reply["answer"], answer)
    return ("different", problem) if problem else ("equal", f"{len(answer['trades'])} trades")


def _overtime(*_: object) -> None:
    raise TimeoutError("takes longer here than freqtrade is allowed")


if __name__ == "__main__":
    sys.exit(main())
