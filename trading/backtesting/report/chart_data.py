"""What the page's candle chart draws: candles as packed floats, trades as rows."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from trading.backtesting.analysis.trade_table import rows_of
from trading.backtesting.candles.pair import dates_ns

BARS_MAX = 24_000
BARS_OF_PAIR_MIN = 1_500
"""Candles on the page in all, and of a pair at least; more are joined, so that the file stays small."""


def chart_data(
    candles: Mapping[str, pd.DataFrame], trades: pd.DataFrame, *, first: int, last: int
) -> dict[str, Any]:
    """Return the candles from `first` to `last` (ns, opens, inclusive) and all trades.

    A pair is `{t0, step, n, ohlc}`: open of the first bar and distance of two in ms, their number, and
    little-endian float32 of all opens, then highs, lows and closes in base64. A trade is a row
    `[pair, open ms, close ms, open rate, close rate, is short, profit ratio, profit, tag, reason]`.
    """
    pairs = list(candles)
    bars_max = max(BARS_OF_PAIR_MIN, BARS_MAX // max(len(pairs), 1))
    packed = {pair: _packed(candles[pair], first, last, bars_max) for pair in pairs}
    return {
        "candles": {pair: own for pair, own in packed.items() if own is not None},
        "trades": [_row(trade, pairs) for trade in rows_of(trades)],
        "pairs": pairs,
    }


def _packed(frame: pd.DataFrame, first: int, last: int, bars_max: int) -> dict[str, Any] | None:
    times = dates_ns(frame["date"])
    inside = slice(int(np.searchsorted(times, first)), int(np.searchsorted(times, last, side="right")))
    times = times[inside]
    if not len(times):
        return None
    joined = -(-len(times) // bars_max)
    starts = np.arange(0, len(times), joined)
    columns = {
        name: frame[name].to_numpy(dtype=np.float64)[inside] for name in ("open", "high", "low", "close")
    }
    ends = np.append(starts[1:], len(times)) - 1
    bars = np.concatenate(
        [
            columns["open"][starts],
            np.maximum.reduceat(columns["high"], starts),
            np.minimum.reduceat(columns["low"], starts),
            columns["close"][ends],
        ]
    )
    own_step = int(np.diff(times).min()) if len(times) > 1 else 60 * 10**9
    return {
        "t0": int(times[0]) // 10**6,
        "step": own_step * joined // 10**6,
        "n": len(starts),
        "joined": joined,
        "ohlc": base64.b64encode(bars.astype("<f4").tobytes()).decode(),
    }


def _row(trade: Any, pairs: Sequence[str]) -> list[Any]:
    return [
        pairs.index(trade.pair) if trade.pair in pairs else trade.pair,
        trade.open_date.value // 10**6,
        trade.close_date.value // 10**6,
        trade.open_rate,
        trade.close_rate,
        int(trade.is_short),
        round(trade.profit_ratio, 6),
        round(trade.profit_abs, 6),
        str(trade.enter_tag or ""),
        str(trade.exit_reason),
    ]
