"""Seeded scenarios: plain JSON, the same for both sides."""

from typing import Any

from tests.parity.trades.scenarios.account import draw_account
from tests.parity.trades.scenarios.draws import Draw
from tests.parity.trades.scenarios.market import draw_market, draw_ticks
from tests.parity.trades.scenarios.one_trade import draw_numbers, draw_trade


def scenario(seed: int) -> dict[str, Any]:
    """Return the scenario of a seed; seeds take turns among the kinds."""
    draw = Draw(seed)
    kinds = (
        draw_trade,
        draw_trade,
        draw_trade,
        draw_numbers,
        draw_account,
        draw_market,
        draw_ticks,
        draw_account,
    )
    return kinds[seed % len(kinds)](draw)
