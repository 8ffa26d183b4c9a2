"""A fingerprint of the candles that a result was computed from."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from trading.backtesting.data.columns import OHLCV


def data_hash(frames: Mapping[tuple[str, str], pd.DataFrame]) -> str:
    """Return the SHA-256 (hex) over the candles by pair and timeframe, whatever order they came in.

    Equal hashes mean equal times, prices and volumes, bit for bit; indicator columns do not count.
    """
    digest = hashlib.sha256()
    for (pair, timeframe), frame in sorted(frames.items()):
        digest.update(f"{pair} {timeframe} {len(frame)}\n".encode())
        dates = frame["date"].dt.as_unit("ms").to_numpy(dtype="datetime64[ms]")
        digest.update(np.ascontiguousarray(dates).view(np.int64).data)
        for name in OHLCV:
            digest.update(np.ascontiguousarray(frame[name].to_numpy(dtype=np.float64)).data)
    return digest.hexdigest()
