"""What a newcomer gets wrong, or is surprised by, is told in a line that leads on."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from runtime.settings import CoreSettings, load
from runtime.supervisor import lock, status
from tests.trading.backtesting.commands.strategy_sources import strategy_file
from tests.trading.backtesting.data.candle_folders import candle_table, store
from trading.adapters.history import __main__ as download
from trading.backtesting.commands import backtest, import_folder, strategies
from trading.backtesting.lookahead import __main__ as lookahead
from trading.backtesting.optimize import __main__ as optimize


@pytest.fixture
def candles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the options that choose a folder of candles, and that of strategies beside it."""
    store(candle_table(900), tmp_path / "candles/BTC_USDT-5m.feather")
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(tmp_path / "kept"))
    monkeypatch.chdir(tmp_path)
    return ["--datadir", "candles", "--strategy-path", "mine"]


@pytest.mark.parametrize(
    ("main", "words", "said"),
    [
        (backtest.main, ["--stake-amont", "5"], "--stake-amont; did you mean --stake-amount?"),
        (backtest.main, ["--stake", "5"], "there is no option --stake"),
        (backtest.main, ["--fee"], "argument --fee: expected one argument"),
        (import_folder.main, ["--dry-rum"], "did you mean --dry-run?"),
        (strategies.main, ["--jsn"], "did you mean --json?"),
        (strategies.main, ["a", "b"], "unexpected: b"),
        (download.main, ["--timefram=5m"], "did you mean --timeframes?"),
        (lookahead.main, ["--all-pair"], "did you mean --all-pairs?"),
        (optimize.main, ["--epoch", "3"], "did you mean --epochs?"),
    ],
)
def test_a_misspelt_option_is_one_line_with_the_one_that_was_meant(
    main: object, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(main)
    with pytest.raises(SystemExit) as ended:
        main(words)
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert error.count("\n") == 1
    assert said in error
    assert error.endswith("--help)\n")


def test_values_of_a_parameter_file_are_told(
    candles: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = ("timeframe =", "buy_limit = IntParameter(1, 50, default=9)\n    timeframe =")
    path = strategy_file(tmp_path / "mine", change=change)
    path.write_text(path.read_text().replace("import IStrategy", "import IntParameter, IStrategy"))
    tables = {"buy": {"buy_limit": 35, "gone": 1}, "stoploss": {"stoploss": -0.2}}
    path.with_suffix(".json").write_text(json.dumps({"strategy_name": "Dips", "params": tables}))
    assert backtest.main(["--strategy", "Dips", *candles]) == 0
    assert "note: parameters from Dips.json: buy_limit=35, stoploss=-0.2\n" in capsys.readouterr().err


def test_a_strategy_that_is_not_python_is_named_with_its_line(
    candles: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strategy_file(tmp_path / "mine")
    strategy_file(tmp_path / "mine", "Broken", change=("class", "klass"))
    assert backtest.main(["--strategy", "Broken", *candles]) == 2
    assert "Broken.py, line 5: not valid Python" in capsys.readouterr().err
    assert backtest.main(["--strategy", "Absent", *candles]) == 2
    assert "searched mine (not valid Python: mine/Broken.py)" in capsys.readouterr().err
    assert backtest.main(["--strategy-list", "Broken", "Dips", *candles]) == 2
    said = capsys.readouterr()
    assert "Broken.py, line 5: not valid Python" in said.err
    assert "Result by pair" in said.out


@pytest.mark.parametrize(
    ("time_range", "said"),
    [
        ("20250401-20250301", "ends before it starts"),
        ("20250431-", "no such day or time as 20250431"),
    ],
)
def test_a_time_range_that_can_not_be_is_explained(
    candles: list[str], time_range: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest.main(["--strategy", "ema_cross", *candles, "--timerange", time_range]) == 2
    assert said in capsys.readouterr().err


def test_missing_candles_of_another_timeframe_are_to_be_downloaded(
    candles: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hours = "    @informative('1h')\n    def hours(self, dataframe, metadata):\n        return dataframe\n\n"
    path = strategy_file(
        tmp_path / "mine", change=("    def populate_indicators", f"{hours}    def populate_indicators")
    )
    path.write_text(path.read_text().replace("import IStrategy", "import IStrategy, informative"))
    assert backtest.main(["--strategy", "Dips", *candles]) == 2
    assert "`tidegate download --pairs BTC/USDT --timeframes 1h`" in capsys.readouterr().err


def test_a_system_that_runs_on_other_ports_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(tmp_path))
    settings, run = load(CoreSettings), tmp_path / "run"
    running = status.SystemStatus(
        version="1",
        dashboard="http://127.0.0.1:9300",
        data_dir=str(tmp_path),
        supervisor_pid=os.getpid(),
        is_stopping=False,
        processes=(),
    )
    run.mkdir()
    (run / "status.json").write_bytes(msgspec.json.encode(running))
    assert status.where_it_runs(settings).port_base == settings.port_base  # a status left behind
    with lock.hold(run):
        assert status.where_it_runs(settings).database_port == 9800
