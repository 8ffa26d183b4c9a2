"""Pairs analysed by several processes give what one process gives, or one process does it."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.processes import alive_in_group
from tests.support.servers import until
from tests.trading.backtesting.data.candle_folders import candle_table, store
from tests.trading.backtesting.signals.strategies_of_pairs import (
    ASKS_FRAMES,
    INFORMED,
    REACHES_OUT,
    STATE_KEPT,
    write,
)
from trading.backtesting.commands.job import Job, Outcome, run_job
from trading.backtesting.commands.sources import Folder
from trading.backtesting.commands.strategy_files import StrategyFile
from trading.backtesting.errors import ProcessEnded
from trading.backtesting.signals.analyst import Analyst
from trading.strategy_framework.errors import StrategyFailed

ROOT = Path(__file__).parents[4]
PAIRS = ("BTC", "ETH", "SOL", "XRP", "ADA")
CONFIG: dict[str, Any] = {
    "exchange": {"name": "binance", "pair_whitelist": [], "pair_blacklist": []},
    "trading_mode": "spot",
    "stake_amount": 100,
    "stake_currency": "USDT",
    "dry_run_wallet": 1000,
    "fee": 0.001,
}


@pytest.fixture(autouse=True)
def _only_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overlook the thread that a plugin of pytest keeps waiting: the command has none."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for number, base in enumerate(PAIRS):
        table = candle_table(600, seed=number)
        if base == "SOL":
            table = table.drop(range(100, 110))
        store(table, folder / f"{base}_USDT-5m.feather")
    store(candle_table(250, "15min", seed=9).drop([20]), folder / "BTC_USDT-15m.feather")
    return folder


def run(path: Path, data: Path, processes: int) -> Outcome:
    config = msgspec.json.decode(msgspec.json.encode(CONFIG))
    return run_job(
        Job(strategy=StrategyFile(path, None), config=config, source=Folder(data)), processes=processes
    )


def same(path: Path, data: Path, processes: int = 3) -> Outcome:
    """Check that several processes find what one finds; return what they found."""
    alone, shared = run(path, data, 1), run(path, data, processes)
    assert alone.result is not None
    assert shared.result is not None
    assert len(alone.result.trades) > 10
    assert msgspec.structs.replace(shared.result, remarks=()) == alone.result
    assert [remark for remark in shared.remarks if not remark.startswith("one process")] == [*alone.remarks]
    return shared


def refusals(outcome: Outcome) -> list[str]:
    return [remark for remark in outcome.remarks if remark.startswith("one process analysed all pairs: ")]


def children() -> list[str]:
    """Return the processes that this one has started and that are still there."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


@pytest.mark.parametrize("more", ["", ASKS_FRAMES, INFORMED, ASKS_FRAMES + INFORMED])
def test_the_result_is_that_of_one_process_to_the_last_digit(tmp_path: Path, data: Path, more: str) -> None:
    before = children()
    outcome = same(write(tmp_path, more=more), data)
    assert refusals(outcome) == []
    assert any("SOL_USDT" in remark for remark in outcome.remarks)
    assert any("BTC_USDT-15m" in remark for remark in outcome.remarks) == bool("informative" in more)
    assert children() == before


@pytest.mark.parametrize("kept", STATE_KEPT)
def test_a_strategy_that_keeps_something_is_run_in_one_process_and_told(
    tmp_path: Path, data: Path, kept: str
) -> None:
    more = "\ndef made():\n    return 1\n" if "function" in kept else ""
    path = write(tmp_path, more=more, change=STATE_KEPT[kept])
    differs_by_itself = kept in {"shared random numbers", "a lock"}  # with the seed, with the time
    compared = run if differs_by_itself else same
    shared = compared(path, data, 3)
    (told,) = refusals(shared)
    assert "Apart keeps " in told
    assert told.endswith(" from pair to pair")


def test_what_a_callback_reads_of_all_pairs_is_there(tmp_path: Path, data: Path) -> None:
    reads = """
    def confirm_trade_entry(self, pair, *args, **kwargs):
        return len(self.seen) == 5
"""
    kept = same(write(tmp_path, more=reads, change=STATE_KEPT["a table of the class"]), data)
    assert "Apart keeps " in refusals(kept)[0]


@pytest.mark.parametrize("reason", REACHES_OUT)
def test_a_strategy_that_reaches_outside_is_run_in_one_process_and_told(
    tmp_path: Path, data: Path, reason: str
) -> None:
    shared = same(write(tmp_path, change=REACHES_OUT[reason]), data)
    assert refusals(shared) == [f"one process analysed all pairs: {reason}"]


@pytest.mark.parametrize("method", ["populate_indicators", "populate_entry_trend"])
def test_an_error_in_one_pair_is_reported_as_by_one_process(tmp_path: Path, data: Path, method: str) -> None:
    line = f"def {method}(self, dataframe, metadata):"
    fails = f'{line}\n        if metadata["pair"] in ("SOL/USDT", "XRP/USDT"):\n            dataframe["none"]'
    path = write(tmp_path, change=(line, fails))
    messages = []
    for processes in (1, 3):
        with pytest.raises(StrategyFailed) as raised:
            run(path, data, processes)
        messages.append(str(raised.value))
    assert messages[0] == messages[1]
    assert messages[0].startswith(f"{method} of Apart on SOL/USDT raised KeyError")
    assert "Apart.py, line " in messages[0]


def test_a_copy_that_is_killed_is_one_clear_error(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, this = Analyst.indicate, os.getpid()

    def killed(self: Any, pair: str) -> None:
        if pair == "SOL/USDT" and os.getpid() != this:
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, pair)

    monkeypatch.setattr(Analyst, "indicate", killed)
    before = children()
    with pytest.raises(ProcessEnded, match="ended from outside, likely for want of memory"):
        run(write(tmp_path), data, 3)
    assert children() == before


def test_what_a_strategy_says_is_said_in_the_order_of_one_process(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = '        dataframe["mean"] ='
    prints = '        print("now", metadata["pair"])\n' + body
    path = write(tmp_path, change=(body, prints))
    for processes in (1, 3):
        assert refusals(run(path, data, processes)) == []
        said = capsys.readouterr().out.split("\n")
        assert said == [*(f"now {base}/USDT" for base in sorted(PAIRS)), ""]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_command_leaves_no_process_and_one_line(
    tmp_path: Path, data: Path, number: signal.Signals, code: int
) -> None:
    body = '        dataframe["mean"] ='
    path = write(tmp_path, change=(body, "        import time\n        time.sleep(600)\n" + body))
    command = [sys.executable, "-m", "trading.backtesting.commands.backtest", "--jobs", "2"]
    export = tmp_path / "out.json"
    process = subprocess.Popen(
        [*command, "--strategy-file", str(path), "-d", str(data), "--export", str(export)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    until(lambda: len(alive_in_group(process.pid)) == 3, timeout_s=120, what="two processes at work")
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert said == ("", "tidegate backtest: stopped; nothing was written\n")
    assert alive_in_group(process.pid) == []
    assert not export.exists()


def test_the_command_says_in_one_line_why_there_was_one_process(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from trading.backtesting.commands.backtest import main  # noqa: PLC0415

    path = write(tmp_path, change=STATE_KEPT["a table of the class"])
    export = tmp_path / "out.json"
    assert main(["--strategy-file", str(path), "-d", str(data), "--jobs", "2", "--export", str(export)]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if "one process" in line]
    assert notes == ["note: one process analysed all pairs: Apart keeps Apart from pair to pair"]
    assert json.loads(export.read_text())["trades"]
