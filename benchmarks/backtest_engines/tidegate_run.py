"""Run `tidegate backtest` in this process; leave CPU seconds by phase beside its export.

Started by `benchmarks.backtest`: `tidegate_run.py HOME STRATEGY OUT [OPTION…]`.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from trading.backtesting import run
from trading.backtesting.commands.backtest import main as backtest
from trading.backtesting.general_loop import GeneralLoop
from trading.backtesting.signals import analyst

PHASES = {"imports": time.process_time()}


def timed(owner: Any, name: str, phase: str) -> None:
    """Add the CPU seconds of a function to its phase."""
    function: Callable[..., Any] = getattr(owner, name)

    @wraps(function)
    def measure(*args: Any, **kwargs: Any) -> Any:
        began = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            PHASES[phase] = PHASES.get(phase, 0.0) + time.process_time() - began

    setattr(owner, name, measure)


def main(home: Path, strategy: str, out: Path, options: list[str]) -> int:
    """Run one backtest and write `phases.json` and `trades.json`."""
    timed(run, "load", "load")
    timed(run, "analyzed", "signals")
    timed(analyst, "add_indicators", "indicators")
    timed(GeneralLoop, "run", "loop")
    arguments = {
        "--strategy-file": home / "strategies" / f"{strategy}.py",
        "--config": home / "config.json",
        "--datadir": home / "data",
        "--export": out / "trades.json",
    }
    status = backtest([*(str(part) for item in arguments.items() for part in item), *options])
    PHASES["signals"] -= PHASES["indicators"]
    PHASES["whole"] = time.process_time()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (out / "phases.json").write_text(json.dumps({"seconds": PHASES, "peak_mib": peak_mib}))
    return status


sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4:]))
