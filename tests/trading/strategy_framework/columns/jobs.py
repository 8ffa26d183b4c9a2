"""What both sides do: run each file in a process of its own, with a limit, and keep the answers."""

import os
import pickle
import signal
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from tests.trading.strategy_framework.strategy_files import walk

ROWS = 600
SECONDS_MAX = 150
PAIRS = ("ETH/USDT", "BTC/USDT", "ADA/USDT", "XRP/USDT")
MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080, "M": 43200}

Answer = dict[str, Any]
"""`name` of the class, `stage` (import, load, run, done), `error`, and when done the `frame`."""


def candles(pair: str, timeframe: str, **_: Any) -> pd.DataFrame:
    """Return 600 candles of a pair: another walk for each pair and timeframe."""
    seed = zlib.crc32(f"{pair.partition(':')[0]} {timeframe}".encode())
    minutes = int(timeframe[:-1]) * MINUTES[timeframe[-1]]
    frame = walk(ROWS, timeframe_minutes=minutes, seed=seed)
    return frame.assign(date=frame["date"].astype("datetime64[ms, UTC]"))


def pairs(*, futures: bool) -> list[str]:
    """Return the whitelist."""
    return [f"{pair}:USDT" if futures else pair for pair in PAIRS]


def settings(*, futures: bool, timeframe: str | None) -> dict[str, Any]:
    """Return a configuration; `timeframe` only where the strategy has none."""
    return {
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 3,
        "dry_run": True,
        "dry_run_wallet": 1000,
        "dataformat_ohlcv": "feather",
        "exchange": {"name": "binance", "pair_whitelist": pairs(futures=futures)},
        "datadir": Path("nowhere"),
        "user_data_dir": Path("nowhere"),
        **({"timeframe": timeframe} if timeframe else {}),
    }


def run_files(run: Callable[[Path], list[Answer]]) -> None:
    """Run each file of the first argument (one path a line) and keep its answers in the second's folder."""
    files = Path(sys.argv[1]).read_text().splitlines()
    for number, file in enumerate(files):
        kept = Path(sys.argv[2]).resolve() / f"{number}.pickle"
        child = os.fork()
        if child == 0:
            signal.alarm(SECONDS_MAX)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            os.chdir(kept.parent)  # what a strategy writes beside itself goes with the folder
            kept.write_bytes(pickle.dumps(run(Path(file))))
            os._exit(0)
        os.waitpid(child, 0)
        if not kept.exists():
            kept.write_bytes(pickle.dumps([{"name": None, "stage": "run", "error": "ended, or too slow"}]))
