"""The columns that a backtest in freqtrade leaves in the frames it hands to a strategy.

To learn a market's price step, freqtrade counts the decimals of every price in the very frame that
the strategy gets: `open_count`, `high_count`, `low_count`, `close_count` and `max_count` stand after
`volume`. A strategy that takes columns by position, or all of them, computes other signals without.
Counting costs more than most indicators, so only such strategies get them.
"""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trading.strategy_framework.interface.source_files import source_files
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.trades.markets.ticks import decimals_of

_PRICES = ("open", "high", "low", "close")
_ALL_COLUMNS = re.compile(
    r"\.iloc\s*\[\s*:\s*,|\.columns\b|\.select_dtypes\b|\b(dataframe|df)\.(values|to_numpy)\b"
    r"|\b(open|high|low|close|max)_count\b"
)


def looks_at_every_column(strategy: IStrategy) -> bool:
    """Tell whether a strategy's text takes columns by position, or all of them, or these by name."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in source_files(strategy))
    return any(_ALL_COLUMNS.search(text) for text in texts)


def add_decimal_counts(frame: pd.DataFrame) -> None:
    """Add the counts to a frame: integers, or floats with NaN where a price has no decimals."""
    counts = {f"{name}_count": _counts(frame[name].to_numpy(dtype=np.float64)) for name in _PRICES}
    for name, values in counts.items():
        frame[name] = values
    frame["max_count"] = frame[list(counts)].max(axis=1)


def _counts(prices: NDArray[np.float64]) -> NDArray[np.float64] | NDArray[np.int64]:
    different, places = np.unique(prices, return_inverse=True)
    counted = np.array([decimals_of(price) for price in different.tolist()], dtype=np.int64)
    if counted.all():
        return counted[places]
    return np.where(counted == 0, np.nan, counted)[places]
