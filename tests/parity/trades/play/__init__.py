"""What a scenario does with either side, and what is seen of it.

Runs in both interpreters, so it imports neither side. `api` is the side (`sides.here`,
`sides.in_freqtrade`), an answer is a list of what was seen after each step. Names of methods are
freqtrade's on both sides.
"""

from typing import Any

from tests.parity.trades.play.account import account
from tests.parity.trades.play.market import market, numbers, ticks
from tests.parity.trades.play.one_trade import one_trade
from tests.parity.trades.play.seen import Seen

KINDS = {"trade": one_trade, "numbers": numbers, "market": market, "ticks": ticks, "account": account}


def answer(api: Any, scenario: dict[str, Any]) -> Seen:
    """Play a scenario on one side and return what was seen."""
    with api.run(scenario):
        return KINDS[scenario["kind"]](api, scenario)
