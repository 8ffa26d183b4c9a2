"""Pairs analysed at once, each in a copy of this process: a copy has all that was loaded at no cost.

A copy's memory is its own. That a strategy's pairs may be spread over copies is decided before
(`source_text`) and checked in each (`state`); where they may not, nothing of it counts.
"""

import os
import signal
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import msgspec

from trading.backtesting.errors import ProcessEnded
from trading.backtesting.processes import end, without_signals
from trading.backtesting.signals.analyst import Analyst, Signaled
from trading.backtesting.signals.said import Said
from trading.backtesting.signals.shared_file import Place, SharedFile
from trading.backtesting.signals.state import State, differences, state_of
from trading.strategy_framework.trades.book import TradeBook

_NUMBER = struct.Struct("i")
_PAIRS_MAX = 10_000
"""Their numbers stand in one pipe, which holds 64 KiB, before anybody reads."""
_NAMES_SHOWN_MAX = 3


class Task(msgspec.Struct, frozen=True):
    """What there is to do, and what pairs could leave a trace in: the run's book, and remarks on candles."""

    analyst: Analyst
    pairs: Sequence[str]
    book: TradeBook
    remarks: list[Any]


class Refused(msgspec.Struct, frozen=True):
    """Why pairs were not analysed apart, in a few words."""

    reason: str


class _Answer(msgspec.Struct, frozen=True):
    """What a copy found for one pair, and what was said: over its indicators, over its signals."""

    signaled: Signaled
    said: tuple[Said, Said]
    remarks: list[Any]


class _Worker(msgspec.Struct, frozen=True):
    """A copy of this process, as its parent sees it."""

    process: BaseProcess
    answers: Connection
    file: SharedFile


def signaled_apart(task: Task, processes: int, tell: Callable[[int], None]) -> list[Signaled] | Refused:
    """Analyse the pairs in `processes` copies of this process; return what they found, in the pairs' order.

    `tell` learns how many pairs are done.

    Raises:
        ProcessEnded: a copy was killed.
    """
    count = len(task.pairs)
    if count > _PAIRS_MAX:
        return Refused(f"there are more than {_PAIRS_MAX:,} pairs")
    with _numbers(count) as numbers, _started(task, processes, numbers) as workers:
        places = _places(workers, tell)
        if isinstance(places, Refused):
            return places
        answers: dict[int, _Answer] = {}
        for worker, found in zip(workers, places, strict=True):
            answers |= zip(found, worker.file.values(list(found.values())), strict=True)
    in_order = [answers[number] for number in range(count)]
    _say(in_order)
    for answer in in_order:
        task.remarks.extend(remark for remark in answer.remarks if remark not in task.remarks)
    return [answer.signaled for answer in in_order]


def _places(workers: Sequence[_Worker], tell: Callable[[int], None]) -> list[dict[int, Place]] | Refused:
    """Wait for the copies; return where each left what it found of which pair."""
    found: dict[Connection, dict[int, Place]] = {worker.answers: {} for worker in workers}
    at_work = set(found)
    while at_work:
        for answers in wait(list(at_work)):
            assert isinstance(answers, Connection)
            try:
                message = answers.recv()
            except EOFError:
                raise ProcessEnded(
                    "a process that analysed pairs was ended from outside, likely for want of memory: "
                    "choose fewer with --jobs"
                ) from None
            if isinstance(message, Refused):
                return message
            if message is None:
                at_work.remove(answers)
                continue
            number, place = message
            found[answers][number] = place
            tell(sum(map(len, found.values())))
    return list(found.values())


def _say(answers: Sequence[_Answer]) -> None:
    warned: dict[str, dict[Any, Any]] = {}
    for step in (0, 1):
        for answer in answers:
            answer.said[step].repeat(warned)


@contextmanager
def _numbers(count: int) -> Iterator[int]:
    """Yield a pipe's end from which each reader takes the number of a pair that nobody has yet."""
    reader, writer = os.pipe()
    try:
        os.write(writer, b"".join(map(_NUMBER.pack, range(count))))
    finally:
        os.close(writer)
    try:
        yield reader
    finally:
        os.close(reader)


@contextmanager
def _started(task: Task, processes: int, numbers: int) -> Iterator[list[_Worker]]:
    """Copy this process; leave no copy behind."""
    context, parent = get_context("fork"), os.getpid()
    workers: list[_Worker] = []
    try:
        with without_signals(signal.SIGINT, signal.SIGTERM):
            for _ in range(processes):
                file, (reader, writer) = SharedFile(), context.Pipe(duplex=False)
                process = context.Process(
                    target=_work, args=(task, numbers, writer, file, parent), daemon=True
                )
                workers.append(_Worker(process, reader, file))
                process.start()
                writer.close()  # Held open by no later copy, its end tells that this one is gone.
        yield workers
    finally:
        end([worker.process for worker in workers])
        for worker in workers:
            worker.answers.close()
            worker.file.close()


def _work(task: Task, numbers: int, answers: Connection, file: SharedFile, parent: int) -> None:
    """Analyse pairs until none is left; all of it in vain if one depends on another."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    pair = ""
    try:
        before = state_of(task.analyst.strategy, task.book)
        while (taken := os.read(numbers, _NUMBER.size)) and os.getppid() == parent:
            (number,) = _NUMBER.unpack(taken)
            pair, known = task.pairs[number], len(task.remarks)
            found = _analyzed(task, pair, before)
            if isinstance(found, Refused):
                answers.send(found)
                return
            signaled, said = found
            answers.send((number, file.put(_Answer(signaled, said, task.remarks[known:]))))
        answers.send(None)
    except BaseException as error:
        # It happens again, and is told, where all pairs are together.
        if os.getppid() == parent:
            answers.send(Refused(f"{pair} failed apart from the others with {type(error).__name__}"))


def _analyzed(task: Task, pair: str, before: State) -> tuple[Signaled, tuple[Said, Said]] | Refused:
    """Analyse a pair; refuse if it left a trace for another one to find."""
    analyst, said = task.analyst, (Said(), Said())
    with said[0].kept():
        analyst.indicate(pair)
    changed = differences(before, state_of(analyst.strategy, task.book))
    if not changed:
        with said[1].kept():
            signaled = analyst.signal(pair)
        changed = differences(before, state_of(analyst.strategy, task.book))
    return _kept_state(analyst, changed) if changed else (signaled, said)


def _kept_state(analyst: Analyst, changed: Sequence[str]) -> Refused:
    """Return the refusal of a strategy that keeps something from pair to pair."""
    names = ", ".join(changed[:_NAMES_SHOWN_MAX]) + (" …" if len(changed) > _NAMES_SHOWN_MAX else "")
    return Refused(f"{analyst.strategy.get_strategy_name()} keeps {names} from pair to pair")
