"""How fast a backtest is beside freqtrade and vectorbt: same candles, same strategy, same trades.

    python -m benchmarks.backtest [--timeframe 1m] [--strategy EmaCrossCallbacks]

Each engine is a process of its own, one after the other. Figures are CPU seconds, so that other work on
the machine matters little; ratios are of this run. freqtrade and vectorbt are those of `.parity`, which
`make bench-backtest` makes; an engine that is absent is left out.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.backtest_engines.scenario import DAYS, STRATEGIES, candle_count, write_scenario

_RUNNERS = Path(__file__).parent / "backtest_engines"
_ROOT = Path(__file__).parents[1]
_PARITY = _ROOT / ".parity"
_COMPILE = "from trading.backtesting.fast.machine_code import scan_function; scan_function()"
_PHASES = ("imports", "load", "indicators", "signals", "loop", "whole")
_EQUAL = (
    *("pair", "open_rate", "close_rate", "amount", "stake_amount", "max_stake_amount", "profit_abs"),
    *("profit_ratio", "exit_reason", "enter_tag", "is_short", "leverage", "fee_open", "fee_close"),
    *("min_rate", "max_rate", "trade_duration", "stop_loss_abs", "stop_loss_ratio", "funding_fees"),
    *("initial_stop_loss_abs", "initial_stop_loss_ratio"),
)


class Measured(NamedTuple):
    """CPU seconds by phase, peak memory, and the trades that were made."""

    seconds: dict[str, float]
    peak_mib: float
    trades: list[dict[str, Any]]


def main() -> int:
    """Run the engines that are there; print figures and ratios; return 1 if trades differ."""
    options = _options()
    home = write_scenario(options.folder, options.timeframe, days=options.days)
    compiled_s = _cpu_s([sys.executable, "-c", _COMPILE])
    ours = _run(
        home, [sys.executable, _RUNNERS / "tidegate_run.py"], options.strategy, "--engine", options.engine
    )
    measured = {"tidegate": ours}
    if options.freqtrade.exists():
        python = [options.freqtrade, _RUNNERS / "freqtrade_run.py"]
        measured["freqtrade"] = _run(home, python, options.strategy)
    if options.vectorbt.exists() and options.strategy == "EmaCross":
        measured["vectorbt"] = _run(home, [options.vectorbt, _RUNNERS / "vectorbt_run.py"])
    print(
        f"{options.strategy}, {options.timeframe}, {options.days} days; loading the scan: {compiled_s:.2f} s"
    )
    _print(measured, candle_count(options.timeframe, options.days))
    if "freqtrade" not in measured:
        print(f"no freqtrade at {options.freqtrade}: make bench-backtest installs it")
        return 0
    differences = list(_differences(ours.trades, measured["freqtrade"].trades))
    print("\n".join(differences[:10]) or f"all {len(ours.trades)} trades equal freqtrade's, every field")
    return 1 if differences else 0


def _run(home: Path, program: Sequence[object], *arguments: str) -> Measured:
    """Run an engine in an empty folder of its own and read what it left there."""
    out = home / "out" / Path(str(program[1])).stem
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    strategy = [str(home), *arguments[:1], str(out), *arguments[1:]]
    command = [*map(str, program), *strategy]
    with (out / "log").open("wb") as log:
        status = subprocess.run(command, stdout=log, stderr=log, check=False, env=_environment())  # noqa: S603
    if status.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{(out / 'log').read_text()[-2_000:]}")
    phases = json.loads((out / "phases.json").read_text())
    return Measured(phases["seconds"], phases["peak_mib"], _trades(out, phases))


def _trades(out: Path, phases: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the exported trades by time and pair; ours and freqtrade's have the same fields."""
    if (out / "trades.json").exists():
        found = json.loads((out / "trades.json").read_text())["trades"]
    elif archives := sorted(out.glob("*.zip")):
        with zipfile.ZipFile(archives[-1]) as archive:
            found = _strategy(archive)["trades"]
    else:
        found = [{}] * phases.get("trades", 0)
    return sorted(found, key=_when) if found and found[0] else found


def _strategy(archive: zipfile.ZipFile) -> dict[str, Any]:
    for name in archive.namelist():
        document = json.loads(archive.read(name)) if name.endswith(".json") else {}
        if "strategy" in document and isinstance(document["strategy"], dict):
            result: dict[str, Any] = next(iter(document["strategy"].values()))
            return result
    raise SystemExit(f"{archive.filename} holds no result")


def _when(trade: dict[str, Any]) -> tuple[datetime, datetime, str]:
    opened, closed = (datetime.fromisoformat(trade[name]) for name in ("open_date", "close_date"))
    return closed, opened, trade["pair"]


def _differences(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[str]:
    if len(ours) != len(theirs):
        yield f"{len(ours)} trades here, {len(theirs)} there"
    for here, there in zip(ours, theirs, strict=False):
        fields = [name for name in _EQUAL if name in there and here[name] != there[name]]
        if fields or _when(here) != _when(there):
            values = {name: (here[name], there[name]) for name in fields}
            yield f"{here['pair']} opened {here['open_date']} / {there['open_date']}: {values}"


def _print(measured: dict[str, Measured], candles: int) -> None:
    titles = (*_PHASES, "candles/s", "peak MiB", "trades")
    print(f"{'CPU seconds':>12}" + "".join(f"{title:>11}" for title in titles))
    for name, one in measured.items():
        phases = "".join(f"{one.seconds.get(phase, 0.0):>11.2f}" for phase in _PHASES)
        speed = candles / one.seconds["loop"]
        print(f"{name:>12}{phases}{speed:>11,.0f}{one.peak_mib:>11,.0f}{len(one.trades):>11,}")
    ours = measured["tidegate"]
    for name in ("freqtrade", "vectorbt"):
        if name in measured:
            theirs = measured[name]
            loop, whole = (theirs.seconds[phase] / ours.seconds[phase] for phase in ("loop", "whole"))
            memory = ours.peak_mib / theirs.peak_mib
            print(f"{name} / tidegate: loop {loop:.1f} x, whole command {whole:.1f} x, memory {memory:.2f}")


def _cpu_s(command: Sequence[str]) -> float:
    """Return the CPU seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, cwd=_ROOT, env=_environment())  # noqa: S603 - our own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    """Return the environment with one thread per engine: CPU seconds of spinning threads mean nothing."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
    return {**os.environ, "PYTHONPATH": str(_ROOT), "COLUMNS": "160", **threads}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backtest", description=__doc__)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--timeframe", choices=("5m", "1m"), default="5m")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--strategy", choices=sorted(STRATEGIES), default="EmaCross")
    parser.add_argument("--engine", choices=("auto", "general", "fast"), default="auto")
    parser.add_argument("--folder", type=Path, default=cache / "tidegate" / "benchmarks")
    parser.add_argument("--freqtrade", type=Path, default=_PARITY / "venv/bin/python", metavar="PYTHON")
    parser.add_argument("--vectorbt", type=Path, default=_PARITY / "vectorbt/bin/python", metavar="PYTHON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
