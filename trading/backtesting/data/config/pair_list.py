"""Which pairs a backtest trades: names, or patterns such as `.*/USDT`, in the order given."""

import difflib
import re
from collections.abc import Sequence

from trading.backtesting.errors import BadConfig, NoCandles


def choose_pairs(
    wanted: Sequence[str], available: Sequence[str], *, without: Sequence[str] = (), where: str
) -> tuple[list[str], list[str]]:
    """Return the pairs to trade and the names for which nothing is stored; a pattern stands for all it fits.

    `without` is the blacklist, of names or patterns; `where` names the source of candles in messages.

    Raises:
        BadConfig: a pattern that is no regular expression.
        NoCandles: nothing is left; the message says which pairs there are.
    """
    chosen: list[str] = []
    absent: list[str] = []
    for name in wanted:
        fitting = [name] if name in available else _fitting(name, available)
        if not fitting:
            absent.append(name)
        chosen += [pair for pair in fitting if pair not in chosen]
    refused = {pair for name in without for pair in _fitting(name, chosen)}
    chosen = [pair for pair in chosen if pair not in refused]
    if not chosen:
        raise NoCandles(unknown_pairs(absent or wanted, available, where))
    return chosen, absent


def unknown_pairs(absent: Sequence[str], available: Sequence[str], where: str) -> str:
    """Say that there are no candles of some pairs, and of which there are."""
    names = ", ".join(absent) or "any pair"
    if not available:
        return f"{where} has no candles of {names}"
    near = [match for name in absent for match in difflib.get_close_matches(name, available, n=1, cutoff=0.7)]
    hint = f" (did you mean {', '.join(near)}?)" if near else ""
    there = ", ".join(available[:12]) + (f" and {len(available) - 12} more" if len(available) > 12 else "")
    return f"{where} has no candles of {names}{hint}; it has {there}"


def _fitting(name: str, available: Sequence[str]) -> list[str]:
    try:
        pattern = re.compile(name, re.IGNORECASE)
    except re.error as error:
        raise BadConfig(f"{name!r} is neither a pair nor a pattern: {error}") from None
    return [pair for pair in available if pattern.fullmatch(pair)]
