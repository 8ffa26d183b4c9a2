"""Try candidates in several processes at once; the database is all that they share."""

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Semaphore

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
from trading.backtesting.processes import end, without_signals
from trading.strategy_framework.errors import StrategyError

LOOK_EVERY_S = 0.5


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
    """Try the candidates in this process.

    Raises:
        StrategyFailed: the strategy's own code failed.
    """

    def may_go_on() -> bool:
        done = finished(study)
        tell(done)
        return done < work.trials

    judge = objective(arena, work.dimensions, work.stretch, work.rules)
    try_candidates(study, judge, may_go_on=may_go_on)


def work_together(study: optuna.Study, work: Work, processes: int, tell: Callable[[int], None]) -> None:
    """Try the candidates in `processes` processes.

    Raises:
        TrialsFailed: a process died or the strategy's own code failed; the message is its last word.
    """
    context = get_context("spawn")
    left, problems = context.Semaphore(max(0, work.trials - finished(study))), context.SimpleQueue()
    workers = [
        context.Process(target=_work, args=(work, number, left, problems), daemon=True)
        for number in range(processes)
    ]
    try:
        with without_signals(signal.SIGINT):
            for worker in workers:
                worker.start()
        while any(worker.is_alive() for worker in workers):
            workers[0].join(LOOK_EVERY_S)
            tell(min(finished(study), work.trials))
            if not problems.empty():
                raise TrialsFailed(problems.get())
    finally:
        end(workers)
    if not problems.empty():
        raise TrialsFailed(problems.get())
    if any(worker.exitcode for worker in workers):
        raise TrialsFailed("a process that tried candidates died; is there enough memory for --jobs?")


def _work(work: Work, number: int, left: Semaphore, problems: "SimpleQueue[str]") -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        judge = objective(Arena(work.job), work.dimensions, work.stretch, work.rules)
        with open_storage(work.url) as storage:
            study = optuna.load_study(study_name=work.study, storage=storage)
            study.sampler = optuna.samplers.TPESampler(seed=work.rules.seed + 7919 * number + finished(study))
            try_candidates(study, judge, may_go_on=lambda: left.acquire(block=False))
    except (BacktestError, StrategyError, RuntimeFailure) as error:
        problems.put(str(error))
