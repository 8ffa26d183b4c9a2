"""Single numbers, and one market's limits, fees and price steps."""

from typing import Any

from tests.parity.trades.play.seen import Seen, guarded, minute


def numbers(api: Any, scenario: dict[str, Any]) -> Seen:
    """Call functions of numbers."""
    return [guarded(getattr(api, name), *args) for name, *args in scenario["calls"]]


def market(api: Any, scenario: dict[str, Any]) -> Seen:
    """Ask for stakes, leverage, liquidation prices and funding of one market."""
    found: Seen = []
    for name, *args in scenario["calls"]:
        if name == "funding":
            args[2:] = [minute(at) for at in args[2:]]
        found.append(guarded(api.guarded_market, name, *args))
    return found


def ticks(api: Any, scenario: dict[str, Any]) -> Seen:
    """Derive price steps by month."""
    found = api.ticks(scenario["dates"], scenario["prices"])
    return [found(minute(at)) for at in scenario["asked"]]
