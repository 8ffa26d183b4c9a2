"""`tidegate import` takes a freqtrade folder over; `tidegate strategies` says what each strategy needs."""

import json
import shlex
from pathlib import Path

import msgspec
import pytest

from tests.trading.backtesting.commands.strategy_sources import strategy_file
from tests.trading.backtesting.data.candle_folders import candle_table, store
from trading.api.host.roster import load_roster
from trading.backtesting.commands import backtest, import_folder, strategies
from trading.backtesting.commands.strategy_listing import list_strategies, needs_text
from trading.backtesting.data.stores.folder import FolderStore


@pytest.fixture
def user_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a freqtrade user folder; Tidegate's own folder is `kept` beside it."""
    folder = tmp_path / "user_data"
    store(candle_table(500).drop([7, 8]), folder / "data/kraken/BTC_USDT-5m.json.gz")
    store(candle_table(500, seed=3), folder / "data/kraken/futures/ETH_USDT_USDT-5m-futures.parquet")
    (folder / "data/kraken/XRP_USDT-5m.feather").write_bytes(b"ARROW1 and no more")
    strategy_file(folder / "strategies", "Dips")
    (folder / "strategies/Dips.json").write_text('{"strategy_name": "Dips", "params": {}}')
    strategy_file(folder / "strategies/more", "Broken", change=("class", "klass"))
    (folder / "config.json").write_text("{}")
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(tmp_path / "kept"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


def test_a_folder_is_taken_over_and_told(
    user_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_folder.main([str(user_data)]) == 1  # XRP is cut off
    said = capsys.readouterr()
    assert f"kraken: 2 files, 998 candles taken over into {tmp_path / 'kept/candles/kraken'}" in said.out
    assert "1 of 2 strategies can be run" in said.out
    assert "Broken.py, line 5: not valid Python" in said.out
    assert "3 strategy files taken over" in said.out
    command = f"TIDEGATE_DATA_DIR={tmp_path / 'kept'} TIDEGATE_TRADING_STRATEGIES=Dips tidegate up"
    assert said.out.endswith(f"\non paper:\n{command}\n")
    assert f"{user_data / 'config.json'} can be used as it is" in said.out
    assert "gaps: 2 5m candles missing of 500" in said.err
    assert "left out:" in said.err
    assert "XRP_USDT-5m.feather can't be read" in said.err
    kept = FolderStore(tmp_path / "kept/candles/kraken")
    assert [(file.pair, file.candle_type, file.data_format) for file in kept.files()] == [
        ("BTC/USDT", "spot", "feather"),
        ("ETH/USDT:USDT", "futures", "feather"),
    ]


def test_what_was_taken_over_is_found_by_name(user_data: Path, tmp_path: Path) -> None:
    assert import_folder.main([str(user_data)]) == 1
    out = tmp_path / "out.json"
    assert backtest.main(["--strategy", "Dips", "--exchange", "kraken", "--export", str(out)]) == 0
    assert json.loads(out.read_text())["summary"]["pairs"] == ["BTC/USDT"]


def test_the_last_line_starts_every_strategy_that_works(
    user_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Dips2", "Dips3", "Dips4", "grid"):  # grid is the name of one of ours
        strategy_file(user_data / "strategies", name)
    strategy_file(user_data / "strategies/older", "Dips")
    strategy_file(user_data / "strategies", "Shorts", change=("stoploss", "can_short = True\n    stoploss"))
    kept = tmp_path / "kept folder"
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(kept))
    assert import_folder.main([str(user_data)]) == 1
    *variables, program, verb = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert (program, verb) == ("tidegate", "up")
    settings = dict(variable.split("=", 1) for variable in variables)
    assert settings["TIDEGATE_DATA_DIR"] == str(kept)
    names = settings["TIDEGATE_TRADING_STRATEGIES"].split(",")
    assert sorted(names) == [str(kept / "strategies/grid.py"), "Dips", "Dips2", "Dips3", "Dips4"]
    assert list(load_roster(names, kept)) == [Path(name).stem for name in names]


def test_a_dry_run_copies_nothing(user_data: Path, tmp_path: Path) -> None:
    assert import_folder.main([str(user_data), "--dry-run"]) == 1
    assert not (tmp_path / "kept").exists()


def test_a_strategy_that_was_changed_is_kept_until_forced(
    user_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, place = user_data / "strategies", tmp_path / "kept/strategies/Dips.py"
    assert import_folder.main([str(folder)]) == 0
    assert import_folder.main([str(folder)]) == 0  # the same files again
    mine = place.read_text() + "# mine\n"
    place.write_text(mine)
    capsys.readouterr()
    assert import_folder.main([str(folder)]) == 1
    assert f"kept: {place} differs from the imported one (--force replaces it)" in capsys.readouterr().err
    assert place.read_text() == mine
    assert import_folder.main([str(folder), "--force"]) == 0
    assert place.read_bytes() == (folder / "Dips.py").read_bytes()


def test_a_folder_with_nothing_to_take_is_one_line(
    user_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert import_folder.main([str(tmp_path / "empty")]) == 2
    assert "holds neither candles" in capsys.readouterr().err
    assert import_folder.main([str(tmp_path / "nowhere")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_strategies_are_listed_with_their_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strategy_file(tmp_path, "Plain")
    strategy_file(tmp_path, "Short", change=("stoploss = -0.1", "stoploss = -0.1\n    can_short = True"))
    strategy_file(tmp_path, "Outside", change=("from freqtrade", "import no_such_package\nfrom freqtrade"))
    assert strategies.main([str(tmp_path), "--json"]) == 1  # one can't be used
    listed = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert listed["Plain"]["needs"]["timeframe"] == "5m"
    assert listed["Short"]["needs"]["needs_futures"] is True
    assert "no_such_package" in listed["Outside"]["problem"]
    assert strategies.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "2 of 3 strategies can be run" in printed
    assert "futures" in printed


def test_only_packages_that_are_known_are_to_be_installed_by_their_name(tmp_path: Path) -> None:
    strategy_file(tmp_path, "Late")
    (listed,) = list_strategies([tmp_path])
    assert listed.needs is not None
    needs = msgspec.structs.replace(listed.needs, missing_packages=("catboost", "not_there_at_all"))
    assert needs_text(needs) == "pip install catboost; what provides not_there_at_all"


def test_without_a_folder_ours_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDEGATE_DATA_DIR", raising=False)
    assert strategies.main([]) == 0
    assert "ema_cross.py" in capsys.readouterr().out
    assert strategies.main(["nowhere"]) == 2
    assert "there is no folder nowhere" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert strategies.main(["empty"]) == 2
    assert "empty holds no strategy: a .py file" in capsys.readouterr().err
