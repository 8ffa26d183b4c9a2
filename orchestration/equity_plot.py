"""A backtest's equity as a picture in Markdown: an SVG of a few kilobytes, without a plotting library."""

from base64 import b64encode
from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 720, 200, 36
POINTS_MAX = 360


def equity_picture(equity: Sequence[float], *, starting_balance: float, title: str) -> str:
    """Return the curve as a Markdown image; the dashed line is the starting balance."""
    values = [starting_balance, *_thinned(equity)]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return HEIGHT - MARGIN - (value - low) / span * (HEIGHT - 2 * MARGIN)

    path = " ".join(f"{MARGIN + place * step:.1f},{y(value):.1f}" for place, value in enumerate(values))
    color = "#16a34a" if values[-1] >= starting_balance else "#dc2626"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<text x="{MARGIN}" y="20" fill="#111827">{_escaped(title)}</text>'
        f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{y(starting_balance):.1f}" '
        f'y2="{y(starting_balance):.1f}" stroke="#9ca3af" stroke-dasharray="4 4"/>'
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        f'<text x="{MARGIN}" y="{HEIGHT - 10}" fill="#4b5563">{low:,.2f} to {high:,.2f}, '
        f"ends at {values[-1]:,.2f}</text></svg>"
    )
    return f"![{title}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def _thinned(equity: Sequence[float]) -> list[float]:
    """Return at most `POINTS_MAX` of the points, the last one among them."""
    stride = -(-len(equity) // POINTS_MAX) or 1
    return [float(value) for value in equity[::-1][::stride][::-1]]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
