"""Find the first field in which two answers differ; equal means equal in every digit."""

import math
from typing import Any

# What decides comes first, so that the first difference named is the most telling one.
TRADE_FIELDS = (
    "pair", "is_short", "open_date", "open_rate", "enter_tag", "leverage", "close_date", "exit_reason",
    "close_rate", "stake_amount", "amount", "max_stake_amount", "fee_open", "fee_close", "orders",
    "funding_fees", "profit_ratio", "profit_abs", "min_rate", "max_rate", "initial_stop_loss_abs",
    "initial_stop_loss_ratio", "stop_loss_abs", "stop_loss_ratio", "liquidation_price",
)  # fmt: skip
TOTALS = (
    "final_balance", "rejected_signals", "timedout_entry_orders", "timedout_exit_orders",
    "canceled_trade_entries", "canceled_entry_orders", "replaced_entry_orders", "locks",
)  # fmt: skip


def first_difference(freqtrade: dict[str, Any], ours: dict[str, Any]) -> str | None:
    """Return where two answers part, in words, or None where they are equal."""
    theirs, mine = freqtrade["trades"], ours["trades"]
    for number, (expected, got) in enumerate(zip(theirs, mine, strict=False), start=1):
        for field in TRADE_FIELDS:
            if not same(expected[field], got[field]):
                where = f"trade {number} of {len(theirs)}"
                return f"{where}: {field} is {expected[field]!r} in freqtrade and {got[field]!r} here"
    if len(theirs) != len(mine):
        return f"{len(theirs)} trades in freqtrade and {len(mine)} here (the first are equal)"
    for field in TOTALS:
        if not same(freqtrade[field], ours[field]):
            return f"{field} is {freqtrade[field]!r} in freqtrade and {ours[field]!r} here"
    return None


def same(expected: Any, got: Any) -> bool:
    """Tell whether two values are equal; floats in every digit, nothing said and zero are one."""
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(expected) == len(got) and all(map(same, expected, got))
    if isinstance(expected, float) and isinstance(got, float) and math.isnan(expected):
        return math.isnan(got)
    if expected is None or got is None:
        return expected == got or (expected or 0.0) == (got or 0.0) == 0.0
    return bool(expected == got)


def side_by_side(freqtrade: dict[str, Any], ours: dict[str, Any]) -> str:
    """Return both lists of trades below each other, the fields that differ marked."""
    lines = []
    theirs, mine = freqtrade["trades"], ours["trades"]
    for number in range(max(len(theirs), len(mine))):
        expected = theirs[number] if number < len(theirs) else None
        got = mine[number] if number < len(mine) else None
        differing = [
            field for field in TRADE_FIELDS if expected and got and not same(expected[field], got[field])
        ]
        lines.append(f"{number + 1:4} freqtrade {_line(expected)}")
        if expected is None or got is None or differing:
            lines.append(f"     here      {_line(got)}")
        lines += [
            f"       ≠ {field}: {expected[field]!r} | {got[field]!r}"
            for field in differing
            if expected is not None and got is not None
        ]
    lines += [
        f"≠ {field}: {freqtrade[field]!r} | {ours[field]!r}"
        for field in TOTALS
        if not same(freqtrade[field], ours[field])
    ]
    return "\n".join(lines)


def _line(trade: dict[str, Any] | None) -> str:
    if trade is None:
        return "none"
    side = "short" if trade["is_short"] else "long"
    return (
        f"{trade['pair']} {side} {trade['open_date'] // 60000}..{trade['close_date'] // 60000} min "
        f"{trade['open_rate']} -> {trade['close_rate']} of {trade['amount']} = {trade['profit_abs']} "
        f"{trade['exit_reason']!r} {trade['enter_tag']!r}"
    )
