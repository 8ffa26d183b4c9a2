"""Answer backtests with the real freqtrade: one JSON line in, one JSON line out.

Run by ``.parity/venv/bin/python``. A line in is a job: ``id``, ``strategy``, ``strategy_path``
(a folder), ``config`` (a freqtrade configuration), ``datadir``, ``timerange``, ``markets``,
``tiers``, ``seconds_max``. A line out is ``{"id", "answer"}`` or ``{"id", "error"}``. Freqtrade
itself is imported once and runs unpatched, apart from the network call (see ``venue``).
"""

import contextlib
import gc
import json
import logging
import os
import random
import signal
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from answer import answer_of
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.optimize.backtesting import Backtesting
from venue import offer, replace_network


class Overtime(BaseException):
    """A backtest took longer than its job allows; not an Exception, which strategies catch."""


def run(job: dict[str, Any], home: Path) -> dict[str, Any]:
    """Run one job through freqtrade's own configuration, loading and backtest.

    Raises:
        Exception: Whatever freqtrade or the strategy raises.
    """
    offer(job["markets"], job["tiers"])
    random.seed(0)
    np.random.seed(0)
    config_file = home / "config.json"
    config_file.write_text(json.dumps(job["config"]))
    args: dict[str, Any] = {
        "config": [str(config_file)],
        "user_data_dir": str(home / "user_data"),
        "datadir": job["datadir"],
        "strategy": job["strategy"],
        "strategy_path": job["strategy_path"],
        "export": "none",
        "backtest_cache": "none",
        "enable_protections": job["config"].get("enable_protections", False),
        "position_stacking": job["config"].get("position_stacking", False),
        "timeframe_detail": job["config"].get("timeframe_detail"),
        "timerange": job.get("timerange"),
    }
    config = setup_optimize_configuration(
        {key: value for key, value in args.items() if value is not None}, RunMode.BACKTEST
    )
    backtesting = Backtesting(config)
    try:
        data, timerange = backtesting.load_bt_data()
        strategy = backtesting.strategylist[0]
        backtesting.backtest_one_strategy(strategy, data, timerange)
        content = backtesting.all_bt_content[strategy.get_strategy_name()]
        return answer_of(content)
    finally:
        backtesting.exchange.close()
        Backtesting.cleanup()


def _overtime(*_: object) -> None:
    raise Overtime


def answer_line(line: str, home: Path) -> str:
    """Return the line out for a line in."""
    job = json.loads(line)
    known_modules = set(sys.modules)
    signal.setitimer(signal.ITIMER_REAL, job.get("seconds_max", 600))
    try:
        reply = {"id": job["id"], "answer": run(job, home)}
    except Overtime:
        reply = {"id": job["id"], "error": f"takes longer than {job.get('seconds_max', 600)} s"}
    except (Exception, SystemExit) as error:
        reply = {"id": job["id"], "error": f"{type(error).__name__}: {error}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    for name in set(sys.modules) - known_modules:
        if not name.startswith(("freqtrade", "pandas", "numpy", "talib", "technical", "sklearn", "scipy")):
            del sys.modules[name]
    gc.collect()
    return json.dumps(reply, allow_nan=True)


def main() -> None:
    """Serve until standard input ends."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, _overtime)
    replace_network()
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # What strategies print is no answer.
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "user_data").mkdir()
        for line in sys.stdin:
            replies.write(answer_line(line, home) + "\n")
    with contextlib.suppress(BrokenPipeError):
        replies.close()


if __name__ == "__main__":
    main()
