"""Optimise on past stretches, trade the next ones unseen, and judge by what was unseen."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import optuna

from trading.backtesting.analysis import EquityCurve, Risk, hold_curve, risk_of
from trading.backtesting.analysis.deflated_sharpe import DeflatedSharpe, deflated_sharpe
from trading.backtesting.commands.job import Job
from trading.backtesting.data.hashing import data_hash
from trading.backtesting.optimize.arena import Arena
from trading.backtesting.optimize.candidate import Candidate, chosen_dimensions
from trading.backtesting.optimize.losses import Score
from trading.backtesting.optimize.storage import open_storage
from trading.backtesting.optimize.study import Best, Rules, best_of, finished, open_study
from trading.backtesting.optimize.windows import Window, walk_forward
from trading.backtesting.optimize.workers import Work, work_alone, work_together
from trading.backtesting.ports import TimeRange

Tell = Callable[[str, int, int], None]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to optimise and how; `epochs` trials a window, `study` names them in the database."""

    job: Job
    spaces: tuple[str, ...] = ("default",)
    rules: Rules = Rules()
    epochs: int = 100
    windows: int = 4
    train_ratio: float = 3.0
    processes: int = 1
    study: str | None = None


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one stretch: of the chosen candidate and of buy-and-hold.

    `callback_errors` says of each callback that raised what it raised first, and where.
    """

    trades: int
    profit: float
    risk: Risk
    hold: Risk | None
    callback_errors: dict[str, str] = {}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One window: the best candidate of its train stretch, there and in the test stretch."""

    window: Window
    best: Best
    trained: Side
    tested: Side | None
    deflated: DeflatedSharpe | None


class Optimized(msgspec.Struct, frozen=True, kw_only=True):
    """All windows; `joined` is their test stretches one after the other, `deflated` what luck leaves of it.

    `candidate` is that of the newest train stretch: the one to trade next.
    """

    strategy: str
    study: str
    loss: str
    steps: list[Step]
    joined: Side | None
    deflated: DeflatedSharpe | None
    candidate: Candidate
    data_hash: str


def optimize(plan: Plan, url: str, tell: Tell) -> Optimized:
    """Optimise every window in turn; trials that the database already has are not repeated.

    Raises:
        BacktestError: candles, settings or spaces can't be used, or no candidate gave a result.
        StrategyError: the strategy can't be loaded, or its own code failed.
        Unavailable: the database does not answer.
    """
    arena = Arena(plan.job)
    dimensions = chosen_dimensions(arena.strategy, plan.spaces)
    span = arena.span()
    assert span.start_s is not None
    assert span.stop_s is not None
    windows = walk_forward(
        span.start_s,
        span.stop_s,
        timeframe_s=arena.timeframe_s,
        windows=plan.windows,
        train_ratio=plan.train_ratio,
    )
    chosen = {dimension.space for dimension in dimensions}
    settings = _settings(plan, arena, span) | {"parameters": arena.parameters_beside(chosen)}
    name = plan.study or f"{arena.strategy.get_strategy_name()}-{_digest(settings)}"
    steps, curves, holds = [], [], []
    with open_storage(url) as storage:
        for window in windows:
            own = f"{name}/{window.number}"
            study = open_study(storage, own, settings | {"window": window.text()}, seed=plan.rules.seed)
            work = Work(
                job=plan.job,
                url=url,
                study=own,
                dimensions=dimensions,
                stretch=window.train,
                rules=plan.rules,
                trials=plan.epochs,
            )
            _try(arena, study, work, plan.processes, _teller(tell, window, plan))
            step, curve, hold = _step(arena, window, best_of(study, arena.strategy, dimensions))
            steps.append(step)
            curves += [curve] if curve is not None else []
            holds += [hold] if hold is not None else []
    joined = _joined(steps, curves, holds)
    return Optimized(
        strategy=arena.strategy.get_strategy_name(),
        study=name,
        loss=plan.rules.loss,
        steps=steps,
        joined=joined[0] if joined else None,
        deflated=joined[1] if joined else steps[-1].deflated,
        candidate=steps[-1].best.candidate,
        data_hash=settings["data"],
    )


def _try(arena: Arena, study: optuna.Study, work: Work, processes: int, say: Callable[[int], None]) -> None:
    say(finished(study))
    if processes > 1 and finished(study) < work.trials:
        work_together(study, work, processes, say)
    else:
        work_alone(study, arena, work, say)


def _teller(tell: Tell, window: Window, plan: Plan) -> Callable[[int], None]:
    label = f"Window {window.number} of {plan.windows}"
    if window.test is None:
        label = "Newest candles" if window.number else "All candles"
    return lambda done: tell(label, min(done, plan.epochs), plan.epochs)


def _step(arena: Arena, window: Window, best: Best) -> tuple[Step, EquityCurve | None, EquityCurve | None]:
    trained, curve, _ = _side(arena, best.candidate, window.train)
    deflated = deflated_sharpe(curve.daily_returns(), trials=best.trials, variance=best.sharpe_variance)
    tested, test_curve, test_hold = (
        _side(arena, best.candidate, window.test) if window.test is not None else (None, None, None)
    )
    step = Step(window=window, best=best, trained=trained, tested=tested, deflated=deflated)
    return step, test_curve, test_hold


def _side(arena: Arena, candidate: Candidate, stretch: TimeRange) -> tuple[Side, EquityCurve, EquityCurve]:
    result = arena.run(candidate, stretch)
    candles = arena.candles(stretch)
    score = Score(result, candles)
    fee = result.trades[0].fee_open if result.trades else 0.0
    hold = hold_curve(
        candles, starting_balance=result.starting_balance, start=result.start, end=result.stop, fee=fee
    )
    side = Side(
        trades=score.figures.trades,
        profit=score.figures.profit_total,
        risk=score.risk,
        hold=risk_of(hold) if len(hold.times) else None,
        callback_errors=dict(result.callback_errors),
    )
    return side, score.curve, hold


def _joined(
    steps: Sequence[Step], curves: Sequence[EquityCurve], holds: Sequence[EquityCurve]
) -> tuple[Side, DeflatedSharpe | None] | None:
    """Return the test stretches as one account that goes on from each to the next."""
    if not curves:
        return None
    own, hold = chained(curves), chained(holds)
    tested = [step.tested for step in steps if step.tested is not None]
    side = Side(
        trades=sum(each.trades for each in tested),
        profit=float(own.equity[-1]) / own.starting_balance - 1,
        risk=risk_of(own),
        hold=risk_of(hold) if len(hold.times) else None,
    )
    return side, deflated_sharpe(own.daily_returns())


def chained(curves: Sequence[EquityCurve]) -> EquityCurve:
    """Return curves of successive stretches as one: each begins with what the one before left."""
    level, parts = curves[0].starting_balance, []
    for curve in curves:
        parts.append(curve.equity * (level / curve.starting_balance))
        level = float(parts[-1][-1]) if len(parts[-1]) else level
    times = np.concatenate([curve.times for curve in curves])
    return EquityCurve(times, np.concatenate(parts), curves[0].starting_balance)


def _settings(plan: Plan, arena: Arena, span: TimeRange) -> dict[str, Any]:
    """Return what makes two studies comparable."""
    path = plan.job.strategy.path
    timeframe = arena.strategy.timeframe
    frames = {(pair, timeframe): frame for pair, frame in arena.candles(span).items()}
    config = {key: repr(value) for key, value in sorted(plan.job.config.items()) if key != "timerange"}
    return {
        "strategy": arena.strategy.get_strategy_name(),
        "file": hashlib.sha256(path.read_bytes()).hexdigest(),
        "configuration": hashlib.sha256(repr(config).encode()).hexdigest(),
        "pairs": list(arena.pairs),
        "timeframe": timeframe,
        "spaces": list(plan.spaces),
        "loss": plan.rules.loss,
        "trades_min": plan.rules.trades_min,
        "windows": plan.windows,
        "train_ratio": plan.train_ratio,
        "data": data_hash(frames),
    }


def _digest(settings: dict[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(settings, order="sorted")).hexdigest()[:8]
