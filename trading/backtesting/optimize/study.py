"""A study: candidates tried on one stretch of candles, kept in the database, resumable.

Its settings are kept with it. The same name goes on where it stopped; with other settings it is
refused, because candidates that were judged by different rules can't be compared.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import optuna
from optuna.trial import TrialState

from trading.backtesting.errors import BacktestError
from trading.backtesting.optimize.arena import Arena
from trading.backtesting.optimize.candidate import Candidate, asked
from trading.backtesting.optimize.dimensions import Dimension
from trading.backtesting.optimize.errors import OtherStudy, TrialsFailed
from trading.backtesting.optimize.losses import NO_RESULT, Score, loss_named, loss_of
from trading.backtesting.ports import TimeRange
from trading.strategy_framework.errors import StrategyError, StrategyFailed
from trading.strategy_framework.interface.strategy import IStrategy

FINISHED = (TrialState.COMPLETE, TrialState.FAIL)

_SETTINGS, _SHARPE, _PROBLEM = "settings", "daily_sharpe", "problem"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How candidates are judged: the loss by name, and how many trades they need at least."""

    loss: str = "sharpe"
    trades_min: int = 10
    seed: int = 0


class Best(msgspec.Struct, frozen=True, kw_only=True):
    """The best candidate of a study, and what it is the best of.

    `sharpe_variance` is that of the daily Sharpe ratios of all trials that have one.
    """

    candidate: Candidate
    loss: float
    trials: int
    sharpe_variance: float | None


def open_study(
    storage: optuna.storages.BaseStorage, name: str, settings: dict[str, Any], *, seed: int
) -> optuna.Study:
    """Make a study or go on with it.

    Raises:
        OtherStudy: it was made with other settings; the message says which differ.
    """
    study = optuna.create_study(storage=storage, study_name=name, load_if_exists=True, direction="minimize")
    before = study.user_attrs.get(_SETTINGS)
    if before is None:
        study.set_user_attr(_SETTINGS, settings)
    elif before != settings:
        other = [key for key in {*before, *settings} if before.get(key) != settings.get(key)]
        raise OtherStudy(
            f"the study {name} was made with another {', '.join(sorted(other))}; choose another --study name"
        )
    # Going on with the first seed would draw the first candidates again.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
    return study


def objective(
    arena: Arena, dimensions: Sequence[Dimension], stretch: TimeRange, rules: Rules
) -> Callable[[optuna.Trial], float]:
    """Return the function that judges one trial."""
    loss = loss_named(rules.loss)
    candles = arena.candles(stretch)

    def judge(trial: optuna.Trial) -> float:
        candidate = asked(arena.strategy, dimensions, trial)
        try:
            score = Score(arena.run(candidate, stretch), candles)
        except (StrategyError, BacktestError) as error:
            trial.set_user_attr(_PROBLEM, str(error))
            raise
        trial.set_user_attr(_SHARPE, score.daily_sharpe)
        return loss_of(loss, score, rules.trades_min)

    return judge


def try_candidates(
    study: optuna.Study,
    judge: Callable[[optuna.Trial], float],
    *,
    may_go_on: Callable[[], bool],
) -> None:
    """Try candidates, each after `may_go_on`; one that can't be run counts.

    Raises:
        StrategyFailed: the strategy's own code failed, as it would for the next candidate.
    """
    while may_go_on():
        trial = study.ask()
        try:
            loss = judge(trial)
        except StrategyFailed as error:
            study.tell(trial, state=TrialState.FAIL)
            raise StrategyFailed(f"{error}{_tried_with(study, trial)}") from error
        except (StrategyError, BacktestError):
            study.tell(trial, state=TrialState.FAIL)
        else:
            study.tell(trial, loss)


def _tried_with(study: optuna.Study, trial: optuna.Trial) -> str:
    """Name the values that a strategy failed with, where it worked with others."""
    if not study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        return ""
    return f"; tried with {', '.join(f'{name} {value}' for name, value in trial.params.items())}"


def finished(study: optuna.Study) -> int:
    """Return how many trials have ended."""
    return len(study.get_trials(deepcopy=False, states=FINISHED))


def best_of(study: optuna.Study, strategy: IStrategy, dimensions: Sequence[Dimension]) -> Best:
    """Return the best candidate.

    Raises:
        TrialsFailed: no trial gave a result, or none had enough trades.
    """
    trials = study.get_trials(deepcopy=False, states=FINISHED)
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE and trial.value is not None]
    if not complete:
        problems = [str(trial.user_attrs[_PROBLEM]) for trial in trials if _PROBLEM in trial.user_attrs]
        raise TrialsFailed(f"none of {len(trials)} candidates could be run: {(problems or ['?'])[-1]}")
    best = min(complete, key=lambda trial: (trial.value or 0.0, trial.number))
    if (best.value or 0.0) >= NO_RESULT:
        raise TrialsFailed(
            f"none of {len(trials)} candidates made enough trades; try more --epochs, fewer --trades-min "
            "or a longer --timerange"
        )
    sharpes = [
        float(trial.user_attrs[_SHARPE]) for trial in complete if trial.user_attrs.get(_SHARPE) is not None
    ]
    return Best(
        candidate=asked(strategy, dimensions, optuna.trial.FixedTrial(best.params)),
        loss=float(best.value or 0.0),
        trials=len(trials),
        sharpe_variance=_variance(sharpes),
    )


def _variance(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    middle = sum(values) / len(values)
    return sum((value - middle) ** 2 for value in values) / (len(values) - 1)
