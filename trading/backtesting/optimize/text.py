"""What an optimisation found, as text for a terminal."""

import json
from collections.abc import Sequence

from trading.backtesting.analysis.deflated_sharpe import DeflatedSharpe
from trading.backtesting.optimize.candidate import Candidate
from trading.backtesting.optimize.walk_forward import Optimized, Side, Step

_HEAD = ("", "stretch", "trials", "trades", "profit", "Sharpe", "drawdown", "hold", "hold's Sharpe")


def text_of(found: Optimized) -> str:
    """Return the windows, the unseen stretches joined, what luck explains, and the values."""
    rows: list[Sequence[str]] = [_HEAD]
    for step in found.steps:
        rows += _rows(step)
    if found.joined is not None:
        rows.append(("unseen, joined", "", "", *_figures(found.joined)))
    lines = [f"{found.strategy}: study {found.study}, loss {found.loss}", "", *_aligned(rows), ""]
    lines += [*_what_the_newest_is(found), *_luck(found)]
    lines += ["", "Values of the newest train stretch:", *_values(found.candidate)]
    return "\n".join(lines) + "\n"


def _rows(step: Step) -> list[Sequence[str]]:
    trained, _, tested = step.window.text().partition(", ")
    name = f"window {step.window.number}" if step.tested is not None else "newest"
    if not step.window.number:
        name = "all"
    rows: list[Sequence[str]] = [(name, trained, f"{step.best.trials:,}", *_figures(step.trained))]
    if step.tested is not None:
        rows.append(("", tested, "", *_figures(step.tested)))
    return rows


def _figures(side: Side) -> tuple[str, ...]:
    hold = side.hold
    return (
        f"{side.trades:,}",
        f"{side.profit:+.2%}",
        _number(side.risk.sharpe),
        f"{side.risk.drawdown_max:.2%}",
        "" if hold is None else f"{hold.total_return:+.2%}",
        "" if hold is None else _number(hold.sharpe),
    )


def _what_the_newest_is(found: Optimized) -> list[str]:
    if found.joined is None:
        return []
    return [
        "Each window's best values were traded in its test stretch, which the search had not seen.",
        "newest: trained up to the last candle, for trading from now on; no later candles can test it.",
        "",
    ]


def remarks_of(found: Optimized) -> list[str]:
    """Return what went wrong in the runs of the chosen values, once each."""
    sides = [side for step in found.steps for side in (step.trained, step.tested) if side is not None]
    first: dict[str, str] = {}
    for side in sides:
        first = side.callback_errors | first
    return [
        f"{callback} of {found.strategy} raised {error}; its default was used instead"
        for callback, error in first.items()
    ]


def _luck(found: Optimized) -> list[str]:
    last = found.steps[-1]
    lines = []
    if last.deflated is not None:
        trials, by_luck = last.deflated.trials, last.deflated.expected_by_luck * 365**0.5
        lines += [
            f"In the newest train stretch: {_deflated(last.deflated)};",
            f"  the best of {trials:,} without any skill would show a Sharpe ratio of {by_luck:.2f}",
        ]
    if found.joined is not None and found.deflated is not None:
        lines.append(f"Unseen: {_deflated(found.deflated)}.")
    if found.joined is None:
        lines.append("Nothing was kept back: these figures are of data that the values were fitted to.")
    return lines


def _deflated(deflated: DeflatedSharpe) -> str:
    judged = "skill is likely" if deflated.probability >= 0.95 else "luck is enough to explain it"
    return f"deflated Sharpe ratio {deflated.probability:.1%} over {deflated.observations:,} days, {judged}"


def _values(candidate: Candidate) -> list[str]:
    return [f"  {space}: {json.dumps(values)}" for space, values in candidate.items()]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
