"""Builders of candle frames."""

from collections.abc import Sequence

import pandas as pd

MINUTE_NS = 60_000_000_000
START_NS = 1_700_000_040_000_000_000 - 1_700_000_040_000_000_000 % MINUTE_NS


def candles(closes: Sequence[float], *, start_ns: int = START_NS) -> pd.DataFrame:
    """Return one-minute candles with these closes; each opens at the close before."""
    opens = [closes[0], *closes[:-1]]
    dates = pd.to_datetime([start_ns + index * MINUTE_NS for index in range(len(closes))], utc=True)
    return pd.DataFrame(
        {
            "date": dates,
            "open": [float(value) for value in opens],
            "high": [float(max(pair)) for pair in zip(opens, closes, strict=True)],
            "low": [float(min(pair)) for pair in zip(opens, closes, strict=True)],
            "close": [float(value) for value in closes],
            "volume": [1.0] * len(closes),
        }
    )
