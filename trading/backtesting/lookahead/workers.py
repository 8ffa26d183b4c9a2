"""Run many prefixes: in this process when that is quick, else shared among processes."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import active_children, get_context

from trading.backtesting.lookahead.comparison import Known, last_rows
from trading.backtesting.lookahead.subject import Runs, Subject
from trading.backtesting.processes import end
from trading.strategy_framework.errors import StrategyError

Progress = Callable[[int, int], None]

_ALONE_S_MAX = 20.0
"""Starting processes costs seconds: shorter work is done alone."""
_CHUNK = 8


@dataclass(frozen=True, kw_only=True)
class Tails:
    """What to run: prefixes of these `lengths` from row `first`, keeping the last `rows` of each."""

    pair: str
    first: int
    rows: int
    lengths: Sequence[int]


@dataclass
class TailsFound:
    """What the runs gave: rows as they were known, and the messages of runs that failed, by length."""

    known: list[Known] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)

    def add(self, other: "TailsFound") -> None:
        """Take over what another one found."""
        self.known += other.known
        self.failures |= other.failures


def silent(done: int, total: int) -> None:
    """Show no progress."""


def run_tails(
    subject: Subject, runs: Runs, tails: Tails, workers: int | None, progress: Progress
) -> TailsFound:
    """Run every prefix; report progress after each chunk."""
    found, began, total = TailsFound(), time.perf_counter(), len(tails.lengths)
    chunks = [tails.lengths[at : at + _CHUNK] for at in range(0, total, _CHUNK)]
    # The longest first: their time bounds that of the others.
    chunks.reverse()
    for done, chunk in enumerate(chunks, 1):
        found.add(_run_chunk(runs, tails, chunk))
        progress(min(done * _CHUNK, total), total)
        left_s = (time.perf_counter() - began) / done * (len(chunks) - done)
        wanted = workers or (1 if left_s < _ALONE_S_MAX else os.cpu_count() or 1)
        if wanted > 1 and done < len(chunks):
            _share(subject, tails, chunks[done:], found, wanted, lambda more: progress(more, total))
            break
    return found


def _share(
    subject: Subject,
    tails: Tails,
    chunks: Sequence[Sequence[int]],
    found: TailsFound,
    workers: int,
    progress: Callable[[int], None],
) -> None:
    done = len(tails.lengths) - sum(map(len, chunks))
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(subject,))
    with pool:
        waiting = {pool.submit(_run_in_worker, tails, chunk): len(chunk) for chunk in chunks}
        try:
            for finished in as_completed(waiting):
                found.add(finished.result())
                done += waiting[finished]
                progress(done)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            end(active_children())
            raise


_worker_runs: list[Runs] = []


def _begin(subject: Subject) -> None:
    _worker_runs[:] = [Runs(subject)]


def _run_in_worker(tails: Tails, lengths: Sequence[int]) -> TailsFound:
    return _run_chunk(_worker_runs[0], tails, lengths)


def _run_chunk(runs: Runs, tails: Tails, lengths: Sequence[int]) -> TailsFound:
    found = TailsFound()
    for length in lengths:
        try:
            frame = runs.run(tails.pair, tails.first, tails.first + length, since=tails.first + runs.startup)
        except StrategyError as error:
            found.failures[length] = str(error)
            continue
        dates = runs.dates(tails.pair, tails.first + max(0, length - tails.rows), tails.first + length)
        found.known.append(last_rows(frame, dates, length))
    return found
