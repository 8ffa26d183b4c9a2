"""Run vectorbt over the same candles and signals, in its own environment; its rules are simpler.

Started by `benchmarks.backtest` with that environment's Python: `vectorbt_run.py HOME OUT`. Exits at
the stop or the signal, entries at the next open, one cash account, no minimal return, no price steps.
"""

import json
import resource
import sys
import time
from pathlib import Path

import pandas as pd
import vectorbt as vbt

PHASES = {"imports": time.process_time()}


def main(home: Path, out: Path) -> None:
    """Time one portfolio from signals, compiled already; write `phases.json`."""
    began = time.process_time()
    frames = {path.stem: pd.read_feather(path) for path in sorted((home / "data").glob("*.feather"))}
    prices = {
        name: pd.DataFrame({pair: frame.set_index("date")[name] for pair, frame in frames.items()})
        for name in ("open", "high", "low", "close")
    }
    PHASES["load"] = time.process_time() - began
    began = time.process_time()
    fast, slow = (prices["close"].ewm(span=span, adjust=False).mean() for span in (20, 100))
    above = fast > slow
    entries = (above & ~above.shift(1, fill_value=True)).shift(1, fill_value=False)
    exits = (~above & above.shift(1, fill_value=False)).shift(1, fill_value=False)
    PHASES["indicators"] = time.process_time() - began

    def portfolio() -> object:
        return vbt.Portfolio.from_signals(
            **prices,
            price=prices["open"],
            entries=entries,
            exits=exits,
            sl_stop=0.05,
            fees=0.001,
            init_cash=10_000,
            cash_sharing=True,
            size=1_250,
            size_type="value",
            freq="5min",
        )

    began = time.process_time()
    portfolio()
    PHASES["first loop"] = time.process_time() - began
    began = time.process_time()
    result = portfolio()
    PHASES["loop"] = time.process_time() - began
    PHASES["whole"] = time.process_time() - PHASES["loop"]
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"seconds": PHASES, "peak_mib": peak_mib, "trades": int(result.trades.count().sum())}
    (out / "phases.json").write_text(json.dumps(found))


main(Path(sys.argv[1]), Path(sys.argv[2]))
