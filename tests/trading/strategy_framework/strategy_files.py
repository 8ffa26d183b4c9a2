"""Strategy files as users write them, and the frames that they get."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent, indent

import pandas as pd

HEAD = "from freqtrade.strategy import *\n"
TRENDS = """
def populate_entry_trend(self, dataframe, metadata):
    return dataframe
def populate_exit_trend(self, dataframe, metadata):
    return dataframe
"""


def write(folder: Path, text: str, name: str = "mine") -> Path:
    """Write a file of a folder and return its path."""
    path = folder / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def strategy(body: str, *, name: str = "Mine", head: str = HEAD, trends: str = TRENDS) -> str:
    """Return a file with one strategy; `body` is what its class holds beside the trends."""
    own = dedent(body).strip("\n") + "\n" + dedent(trends)
    return f'{head}\nclass {name}(IStrategy):\n    timeframe = "5m"\n    stoploss = -0.1\n' + indent(
        own, "    "
    )


def walk(rows: int, *, timeframe_minutes: int = 5, seed: int = 1) -> pd.DataFrame:
    """Return candles of a random walk that ends at midnight; the same ones on every machine."""
    numbers = random.Random(seed)
    end = datetime(2025, 6, 30, tzinfo=UTC)
    closes, table = [100.0], []
    for row in range(rows):
        opened = closes[-1]
        close = round(opened * (1 + numbers.uniform(-0.01, 0.01)), 4)
        high = round(max(opened, close) * (1 + numbers.uniform(0, 0.004)), 4)
        low = round(min(opened, close) * (1 - numbers.uniform(0, 0.004)), 4)
        date = end - timedelta(minutes=timeframe_minutes * (rows - row))
        table.append((date, opened, high, low, close, round(numbers.uniform(1, 50), 3)))
        closes.append(close)
    return pd.DataFrame(table, columns=["date", "open", "high", "low", "close", "volume"])


class Candles:
    """A source of candles in memory: a random walk for every pair and timeframe asked for."""

    def __init__(self, rows: int = 300) -> None:
        self._rows = rows

    def candles(self, pair: str, timeframe: str, candle_type: str = "spot") -> pd.DataFrame:
        """Return the walk of a pair."""
        minutes = {"5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1440}[timeframe]
        return walk(self._rows, timeframe_minutes=minutes, seed=sum(map(ord, pair + timeframe + candle_type)))

    def pairs(self, timeframe: str) -> list[str]:
        """Return two pairs."""
        return ["ETH/USDT", "BTC/USDT"]
