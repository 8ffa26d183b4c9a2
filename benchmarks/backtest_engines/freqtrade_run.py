"""Run the real freqtrade in its own environment; leave CPU seconds by phase and its trades.

Started by `benchmarks.backtest` with that environment's Python: `freqtrade_run.py HOME STRATEGY OUT`.
Only its one network call is replaced, by the markets in the data folder.
"""

import json
import resource
import sys
import time
from functools import wraps
from pathlib import Path

from freqtrade.commands import Arguments
from freqtrade.exchange.exchange import Exchange
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.strategy.interface import IStrategy

PHASES = {"imports": time.process_time()}


def timed(owner: type, name: str, phase: str) -> None:
    """Add the CPU seconds of a method to its phase."""
    method = getattr(owner, name)

    @wraps(method)
    def measure(*args, **kwargs):
        began = time.process_time()
        try:
            return method(*args, **kwargs)
        finally:
            PHASES[phase] = PHASES.get(phase, 0.0) + time.process_time() - began

    setattr(owner, name, measure)


def main(home: Path, strategy: str, out: Path) -> None:
    """Run one backtest and write `phases.json` beside freqtrade's own export."""
    markets = json.loads((home / "data" / "markets.json").read_text())
    Exchange._load_async_markets = lambda exchange, **_: exchange._api_async.set_markets(markets)  # noqa: SLF001
    timed(Backtesting, "load_bt_data", "load")
    timed(Backtesting, "backtest", "loop")
    timed(Backtesting, "_get_ohlcv_as_lists", "signals")
    timed(IStrategy, "advise_all_indicators", "indicators")
    arguments = {
        "--config": home / "config.json",
        "--strategy": strategy,
        "--strategy-path": home / "strategies",
        "--datadir": home / "data",
        "--userdir": home / "freqtrade",
        "--cache": "none",
        "--export": "trades",
        "--export-directory": out,
    }
    (home / "freqtrade").mkdir(exist_ok=True)
    call = Arguments(["backtesting", *(str(part) for item in arguments.items() for part in item)])
    parsed = call.get_parsed_arg()
    parsed["func"](parsed)
    PHASES["loop"] -= PHASES["signals"]
    PHASES["whole"] = time.process_time()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (out / "phases.json").write_text(json.dumps({"seconds": PHASES, "peak_mib": peak_mib}))


main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
