"""Curves as inline SVG that stretches with the page: paths in SVG, labels in HTML over them.

Labels in a stretched SVG would stretch with it; so they are placed in per cent by their own elements.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from trading.backtesting.report.numbers import percent

Floats = npt.NDArray[np.float64]
Instants = npt.NDArray[np.int64]

WIDTH, HEIGHT = 1000.0, 300.0
POINTS_MAX = 1500


class Line:
    """A curve of fractions over time, with its name and its CSS class."""

    def __init__(self, name: str, style: str, times: Instants, values: Floats) -> None:
        self.name, self.style = name, style
        self.times, self.values = thinned(times, values)


def thinned(times: Instants, values: Floats) -> tuple[Instants, Floats]:
    """Return at most about 1,500 points that keep the lowest and the highest of each stretch."""
    if len(times) <= POINTS_MAX:
        return times, values
    edges = np.linspace(0, len(times), POINTS_MAX // 2 + 1).astype(int)
    keep = {0, len(times) - 1}
    for first, end in pairwise(edges):
        keep.add(first + int(values[first:end].argmin()))
        keep.add(first + int(values[first:end].argmax()))
    places = np.array(sorted(keep))
    return times[places], values[places]


def chart(lines: Sequence[Line], *, label: str, filled: bool = False) -> str:
    """Return a figure with the lines, a scale of per cent and a scale of dates."""
    ticks = _ticks(
        min(float(line.values.min()) for line in lines), max(float(line.values.max()) for line in lines)
    )
    low, high = ticks[0], ticks[-1]
    first = min(int(line.times[0]) for line in lines)
    last = max(int(line.times[-1]) for line in lines)

    def across(times: Instants) -> Floats:
        return np.asarray((times - first) / max(last - first, 1) * WIDTH, dtype=np.float64)

    def down(values: Floats) -> Floats:
        return np.asarray((high - values) / (high - low) * HEIGHT, dtype=np.float64)

    paths = []
    for line in lines:
        path = _path(across(line.times), down(line.values))
        if filled:
            base = float(down(np.zeros(1))[0])
            left, right = across(line.times[[0, -1]])
            area = f"{path} L{right:.1f} {base:.1f} L{left:.1f} {base:.1f}Z"
            paths.append(f'<path class="area {line.style}" d="{area}"/>')
        paths.append(f'<path class="line {line.style}" d="{path}"/>')
    grid = "".join(
        f'<line class="{"zero" if tick == 0 else "grid"}" x1="0" x2="{WIDTH:g}" y1="{y:.1f}" y2="{y:.1f}"/>'
        for tick, y in zip(ticks, down(np.array(ticks)), strict=True)
    )
    svg = (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{grid}{"".join(paths)}</svg>'
    )
    scale = "".join(
        f'<span class="y" style="top:{y / HEIGHT * 100:.2f}%">{percent(tick, _digits(ticks))}</span>'
        for tick, y in zip(ticks, down(np.array(ticks)), strict=True)
    )
    return f'<div class="plot">{svg}{scale}</div>{_dates(first, last)}'


def legend(lines: Sequence[Line]) -> str:
    """Return the names of the lines in their colours, with their last values."""
    keys = [
        f'<span class="key {line.style}">{escape(line.name)} <b>{_last(line)}</b></span>' for line in lines
    ]
    return f'<p class="legend">{"".join(keys)}</p>'


def _last(line: Line) -> str:
    return percent(float(line.values[-1]), signed=True)


def _path(xs: Floats, ys: Floats) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True))


def _ticks(low: float, high: float) -> list[float]:
    """Return about five round values that enclose both and 0."""
    low, high = min(low, 0.0), max(high, 0.0)
    span = max(high - low, 1e-6)
    rough = span / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 12) for place in range(first, max(last, first + 1) + 1)]


def _digits(ticks: Sequence[float]) -> int:
    step = (ticks[1] - ticks[0]) * 100
    return max(0, min(4, -math.floor(math.log10(step) + 1e-9)))


def _dates(first: int, last: int) -> str:
    span_days = (last - first) / 86_400e9
    form = "%Y-%m-%d" if span_days > 4 else "%m-%d %H:%M"
    moments = [first + (last - first) * part // 4 for part in range(5)]
    labels = [datetime.fromtimestamp(moment / 1e9, tz=UTC).strftime(form) for moment in moments]
    return '<div class="dates">' + "".join(f"<span>{label}</span>" for label in labels) + "</div>"
