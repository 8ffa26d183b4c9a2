"""Try candidates in several processes at once; the database is all that they share."""

import signal
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event

import msgspec
import optuna

from runtime.errors import RuntimeFailure
from trading.backtesting.commands.job import Job
from trading.backtesting.errors import BacktestError
from trading.backtesting.optimize.arena import Arena
from trading.backtesting.optimize.dimensions import Dimension
from trading.backtesting.optimize.errors import TrialsFailed
from trading.backtesting.optimize.storage import open_storage
from trading.backtesting.optimize.study import Rules, finished, objective, try_candidates
from trading.backtesting.ports import TimeRange
from trading.strategy_framework.errors import StrategyError

LOOK_EVERY_S = 0.5
STOP_WITHIN_S = 20.0


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One study's trials, as another process can carry them out. `url` holds a password."""

    job: Job
    url: str
    study: str
    dimensions: list[Dimension]
    stretch: TimeRange
    rules: Rules
    trials: int


def work_alone(study: optuna.Study, arena: Arena, work: Work, tell: Callable[[int], None]) -> None:
    """Try the candidates in this process."""
    judge = objective(arena, work.dimensions, work.stretch, work.rules)
    try_candidates(study, judge, work.trials, is_stopped=lambda: False, tell=tell)


def work_together(study: optuna.Study, work: Work, processes: int, tell: Callable[[int], None]) -> None:
    """Try the candidates in `processes` processes.

    Raises:
        TrialsFailed: a process died; the message is its last word.
    """
    context = get_context("spawn")
    stop, problems = context.Event(), context.SimpleQueue()
    workers = [
        context.Process(target=_work, args=(work, number, stop, problems), daemon=True)
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    try:
        while any(worker.is_alive() for worker in workers):
            workers[0].join(LOOK_EVERY_S)
            tell(min(finished(study), work.trials))
            if not problems.empty():
                raise TrialsFailed(problems.get())
    finally:
        stop.set()
        _end(workers)
    if not problems.empty():
        raise TrialsFailed(problems.get())
    if any(worker.exitcode for worker in workers):
        raise TrialsFailed("a process that tried candidates died; is there enough memory for --jobs?")


def _end(workers: Sequence[BaseProcess]) -> None:
    for worker in workers:
        worker.join(STOP_WITHIN_S)
        if worker.is_alive():
            worker.kill()
            worker.join()


def _work(work: Work, number: int, stop: Event, problems: "SimpleQueue[str]") -> None:
    # Ctrl-C reaches every process of the terminal; the one that asked for the work decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        judge = objective(Arena(work.job), work.dimensions, work.stretch, work.rules)
        with open_storage(work.url) as storage:
            study = optuna.load_study(study_name=work.study, storage=storage)
            study.sampler = optuna.samplers.TPESampler(seed=work.rules.seed + 7919 * number + finished(study))
            try_candidates(study, judge, work.trials, is_stopped=stop.is_set, tell=lambda _: None)
    except (BacktestError, StrategyError, RuntimeFailure) as error:
        problems.put(str(error))
