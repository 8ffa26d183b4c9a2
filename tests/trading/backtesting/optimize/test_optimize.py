"""Walk-forward optimisation on a real PostgreSQL: resumed, shared, refused, written."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import psycopg
import pytest

from runtime.errors import Unavailable
from runtime.ports import is_port_free
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.support.ports import lend_ports
from tests.support.processes import alive_in_group
from tests.support.servers import embedded_postgres, temporary_folder, until
from tests.trading.backtesting.data.candle_folders import candle_table, store
from tests.trading.backtesting.optimize.strategy_sources import CROSS, FAILING, source
from trading.backtesting.analysis import EquityCurve
from trading.backtesting.commands.job import Job
from trading.backtesting.commands.sources import Folder
from trading.backtesting.commands.strategy_files import StrategyFile
from trading.backtesting.optimize.__main__ import main
from trading.backtesting.optimize.arena import Arena
from trading.backtesting.optimize.candidate import write_parameters
from trading.backtesting.optimize.errors import OtherStudy, TrialsFailed
from trading.backtesting.optimize.storage import open_storage, study_database
from trading.backtesting.optimize.study import Rules
from trading.backtesting.optimize.text import text_of
from trading.backtesting.optimize.walk_forward import Plan, chained, optimize

ROOT = Path(__file__).parents[4]

CONFIG: dict[str, Any] = {
    "exchange": {"name": "binance", "pair_whitelist": [], "pair_blacklist": []},
    "trading_mode": "spot",
    "stake_amount": 100,
    "stake_currency": "USDT",
}


@pytest.fixture(scope="module")
def settings() -> Iterator[CoreSettings]:
    with embedded_postgres() as (found, _):
        yield found


@pytest.fixture(scope="module")
def url(settings: CoreSettings) -> Iterator[str]:
    with study_database(settings) as found:
        yield found


def job(folder: Path) -> Job:
    data = folder / "data"
    if not data.exists():
        store(candle_table(4000, seed=3), data / "BTC_USDT-5m.feather")
    path = source(folder, CROSS, "cross")
    return Job(strategy=StrategyFile(path, None), config=CONFIG, source=Folder(data))


def plan(folder: Path, **more: Any) -> Plan:
    values: dict[str, Any] = {
        "job": job(folder),
        "spaces": ("buy", "sell"),
        "rules": Rules(loss="profit", trades_min=2),
        "epochs": 4,
        "windows": 1,
        "train_ratio": 2.0,
        "study": folder.name,
    }
    return Plan(**(values | more))


def silent(phase: str, done: int, total: int) -> None:
    del phase, done, total


def trials_of(url: str, name: str) -> int:
    with open_storage(url) as storage:
        return len(optuna.load_study(study_name=name, storage=storage).trials)


def test_windows_are_trained_tested_and_joined(tmp_path: Path, url: str) -> None:
    seen: list[tuple[str, int, int]] = []
    found = optimize(
        plan(tmp_path, windows=2), url, lambda phase, done, total: seen.append((phase, done, total))
    )
    assert [step.tested is not None for step in found.steps] == [True, True, False]
    assert all(step.best.trials == 4 for step in found.steps)
    tested = [step.tested for step in found.steps if step.tested is not None]
    assert found.joined is not None
    assert found.joined.trades == sum(side.trades for side in tested)
    grown = np.prod([1 + side.risk.total_return for side in tested])
    assert found.joined.profit == pytest.approx(grown - 1)
    assert found.joined.hold is not None
    assert found.candidate == found.steps[-1].best.candidate
    assert ("Window 2 of 2", 4, 4) in seen
    assert seen[-1] == ("Newest candles", 4, 4)
    printed = text_of(found)
    for words in (
        "unseen, joined",
        "window 2",
        "newest: trained up to the last candle",
        "hold's Sharpe",
        "buy_fast",
    ):
        assert words in printed


def test_the_same_study_goes_on_where_it_stopped(tmp_path: Path, url: str) -> None:
    first = optimize(plan(tmp_path), url, silent)
    assert trials_of(url, f"{first.study}/1") == 4
    again = optimize(plan(tmp_path), url, silent)
    assert trials_of(url, f"{first.study}/1") == 4
    assert again == first
    optimize(plan(tmp_path, epochs=7), url, silent)
    assert trials_of(url, f"{first.study}/1") == 7


def test_going_on_does_not_try_the_first_candidates_again(tmp_path: Path, url: str) -> None:
    optimize(plan(tmp_path), url, silent)
    optimize(plan(tmp_path, epochs=8), url, silent)
    with open_storage(url) as storage:
        tried = [
            trial.params
            for trial in optuna.load_study(study_name=f"{tmp_path.name}/1", storage=storage).trials
        ]
    assert len({json.dumps(values, sort_keys=True) for values in tried}) > 4


def test_a_study_of_other_settings_is_refused(tmp_path: Path, url: str) -> None:
    optimize(plan(tmp_path), url, silent)
    with pytest.raises(OtherStudy, match=r"was made with another loss; choose another --study name"):
        optimize(plan(tmp_path, rules=Rules(loss="sharpe", trades_min=2)), url, silent)
    same = plan(tmp_path)
    same.job.strategy.path.write_text(CROSS.replace("0.5", "0.4"))
    with pytest.raises(OtherStudy, match="another file"):
        optimize(same, url, silent)


def test_processes_share_one_study(tmp_path: Path, url: str) -> None:
    found = optimize(plan(tmp_path, processes=2, windows=0, epochs=6), url, silent)
    assert found.steps[0].best.trials == 6
    assert found.joined is None
    assert "Nothing was kept back" in text_of(found)


def test_no_candidate_with_enough_trades_is_said(tmp_path: Path, url: str) -> None:
    with pytest.raises(TrialsFailed, match="none of 4 candidates made enough trades"):
        optimize(plan(tmp_path, rules=Rules(loss="profit", trades_min=100_000)), url, silent)


def test_the_best_of_many_is_deflated_more(tmp_path: Path, url: str) -> None:
    few = optimize(plan(tmp_path, windows=0, epochs=3), url, silent).steps[0]
    many = optimize(plan(tmp_path, windows=0, epochs=20), url, silent).steps[0]
    assert few.deflated is not None
    assert many.deflated is not None
    assert (few.deflated.trials, many.deflated.trials) == (3, 20)
    assert many.best.loss <= few.best.loss


def test_written_values_trade_as_they_did_in_their_trial(tmp_path: Path) -> None:
    arena = Arena(job(tmp_path))
    candidate = {
        "buy": {"buy_fast": 3, "buy_slow": 14, "buy_side": ("under", -1)},
        "sell": {"sell_margin": 0.002, "sell_strict": True},
        "roi": {"0": 0.02, "60": 0.005},
        "stoploss": {"stoploss": -0.03},
        "trailing": {
            "trailing_stop": True,
            "trailing_stop_positive": 0.01,
            "trailing_stop_positive_offset": 0.015,
            "trailing_only_offset_is_reached": True,
        },
        "trades": {"max_open_trades": 1},
    }
    tried = arena.run(candidate, arena.span())
    write_parameters(arena.job.strategy.path, "Cross", candidate, "now")
    written = Arena(job(tmp_path)).run(None, arena.span())
    assert written.trades == tried.trades
    assert len(tried.trades) >= 20
    assert len({trade.exit_reason for trade in tried.trades}) > 1


def test_writing_values_leaves_the_study_the_same(tmp_path: Path, url: str) -> None:
    first = optimize(plan(tmp_path, windows=0), url, silent)
    write_parameters(plan(tmp_path).job.strategy.path, "Cross", first.candidate, "now")
    assert optimize(plan(tmp_path, windows=0), url, silent) == first


def test_successive_curves_are_one_account() -> None:
    first = EquityCurve(np.array([1, 2]), np.array([100.0, 110.0]), 100.0)
    second = EquityCurve(np.array([3, 4]), np.array([200.0, 100.0]), 200.0)
    assert chained([first, second]).equity == pytest.approx([100, 110, 110, 55])


def test_studies_have_a_schema_of_their_own(settings: CoreSettings, url: str) -> None:
    with open_storage(url), connect(settings, autocommit=True) as connection:
        found = connection.execute(
            "SELECT table_schema FROM information_schema.tables WHERE table_name = 'alembic_version'"
        ).fetchall()
    assert found == [("optuna",)]


@pytest.fixture
def command(tmp_path: Path, settings: CoreSettings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made = job(tmp_path)
    monkeypatch.setenv("TIDEGATE_DATABASE_URL", settings.database_dsn)
    monkeypatch.chdir(tmp_path)
    assert isinstance(made.source, Folder)
    return ["--strategy-file", str(made.strategy.path), "--datadir", str(made.source.path), "--jobs", "1"]


def test_the_command_writes_the_values_only_when_told(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--windows", "0", "--epochs", "3", "--spaces", "buy", "--loss", "profit", "--trades-min", "1"]
    assert main([*command, *small, "--export", "found.json"]) == 0
    assert not (tmp_path / "cross.json").exists()
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text())
    assert main([*command, *small, "--write"]) == 0
    written = json.loads((tmp_path / "cross.json").read_text())
    assert written["strategy_name"] == "Cross"
    assert written["params"]["buy"] == found["candidate"]["buy"]
    assert "the strategy reads them from there" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--spaces", "bye"], "has no space 'bye'"),
        (["--loss", "luck"], "there is no loss 'luck'"),
        (["--windows", "400"], "too short for 400 windows"),
        (["--timerange", "20300101-"], "candles"),
    ],
)
def test_bad_input_is_one_line(
    command: list[str], arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    lines = [line for line in said.err.splitlines() if not line.startswith("note:")]
    assert len(lines) == 1
    assert lines[0].startswith("tidegate optimize: ")
    assert words in lines[0]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_strategy_that_fails_ends_the_search_with_one_line(
    command: list[str], tmp_path: Path, jobs: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = source(tmp_path, CROSS.replace("return dataframe", "return dataframe.dropna()", 1), "drops")
    assert main([*command, "--strategy-file", str(path), "--jobs", jobs, "--windows", "0"]) == 2
    said = capfd.readouterr().err
    assert "Traceback" not in said
    told = [line for line in said.splitlines() if "the dataframe came back with" in line]
    assert len(told) == 1
    assert told[0].startswith("tidegate optimize: populate_indicators of Cross on BTC/USDT: ")


def test_a_callback_that_raises_is_told_once(
    command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = source(tmp_path, CROSS + FAILING, "failing")
    small = ["--jobs", "2", "--windows", "0", "--epochs", "4", "--spaces", "buy", "--loss", "profit"]
    assert main([*command, "--strategy-file", str(path), *small]) == 0
    told = [line for line in capfd.readouterr().err.splitlines() if "custom_exit" in line]
    assert len(told) == 1
    assert told[0].startswith("note: custom_exit of Cross raised NameError: name 'undefined' is not defined")
    assert "(failing.py:" in told[0]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_sigterm_stop_everything_with_one_line(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    code: int,
) -> None:
    monkeypatch.delenv("TIDEGATE_DATABASE_URL")
    with temporary_folder() as folder, lend_ports() as port_base:
        own = {
            "TIDEGATE_DATA_DIR": str(folder),
            "TIDEGATE_PORT_BASE": str(port_base),
            "PYTHONPATH": str(ROOT),
        }
        log, endless = tmp_path / "optimize.log", ["--epochs", "100000"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "trading.backtesting.optimize", *command[:-1], "2", *endless],
                env=os.environ | own,
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=output,
                start_new_session=True,
            )
        settings = CoreSettings(data_dir=folder, port_base=port_base)
        try:
            until(lambda: trials_under_way(settings), timeout_s=90, what="trials", process=process, log=log)
            if number == signal.SIGINT:  # Ctrl-C reaches every process of a terminal, SIGTERM one.
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            ended = process.wait(timeout=60)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=20)
        said = log.read_text()
        assert ended == code, said
        assert "Traceback" not in said
        assert "terminating connection" not in said
        assert said.splitlines()[-1].startswith("tidegate optimize: stopped; the study keeps its trials")
        assert said.count("tidegate optimize: ") == 1
        until(lambda: alive_in_group(process.pid) == [], what="no process is left")
        until(lambda: is_port_free(settings.database_port), what="the port is free")


def trials_under_way(settings: CoreSettings) -> bool:
    try:
        with connect(settings, autocommit=True) as connection:
            found = connection.execute("SELECT FROM optuna.trials WHERE state = 'COMPLETE'").fetchall()
    except (Unavailable, psycopg.Error, OSError):
        return False
    return len(found) > 2


def test_sqlite_is_refused(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIDEGATE_DATABASE_URL", "sqlite:///studies.db")
    assert main(command) == 2
    assert "postgresql://user:password@host:port/database" in capsys.readouterr().err
