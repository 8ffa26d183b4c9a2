"""Data folders in freqtrade's layout, as freqtrade writes them."""

from pathlib import Path

import numpy as np
import pandas as pd

START = pd.Timestamp("2024-01-01", tz="UTC")


def candle_table(
    rows: int, timeframe: str = "5min", *, start: pd.Timestamp = START, seed: int = 1
) -> pd.DataFrame:
    """Return a random walk of candles that make sense."""
    draw = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(draw.normal(0, 1e-3, rows))), 4)
    opened = np.concatenate([[100.0], close[:-1]])
    return pd.DataFrame(
        {
            "date": pd.date_range(start, periods=rows, freq=timeframe),
            "open": opened,
            "high": np.maximum(opened, close) + 0.01,
            "low": np.minimum(opened, close) - 0.01,
            "close": close,
            "volume": np.round(draw.random(rows) * 100, 3),
        }
    )


def store(table: pd.DataFrame, path: Path) -> Path:
    """Write a table in the format that the name ends with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = table.reset_index(drop=True)
    if path.suffix == ".feather":
        table.to_feather(path, compression="lz4", compression_level=9)
    elif path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        rows = table.assign(date=table["date"].dt.as_unit("ms").astype("int64"))
        rows.to_json(path, orient="values", compression="gzip" if path.suffix == ".gz" else None)
    return path
