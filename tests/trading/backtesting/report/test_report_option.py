"""`tidegate backtest --report`: the page as a file of the command line."""

from pathlib import Path

import pytest

from tests.trading.backtesting.commands.strategy_sources import strategy_file
from tests.trading.backtesting.data.candle_folders import candle_table, store
from trading.backtesting.commands.backtest import main


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    data = tmp_path / "data"
    store(candle_table(900, seed=1), data / "BTC_USDT-5m.feather")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDEGATE_DATA_DIR", raising=False)
    return ["--strategy-file", str(strategy_file(tmp_path)), "--datadir", str(data)]


def test_the_page_of_a_backtest_is_written(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--report", "page.html"]) == 0
    assert "the report is page.html" in capsys.readouterr().out
    page = (tmp_path / "page.html").read_text()
    assert "<h1>Dips</h1>" in page
    assert "BTC/USDT" in page


def test_a_place_that_can_not_be_written_is_said_before_the_work(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--report", "nowhere/page.html"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "there is no folder nowhere" in said.err


def test_several_strategies_have_no_single_page(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments[2:], "--strategy-list", "ema_cross", "grid", "--report", "page.html"])
    assert stopped.value.code == 2
    assert "--report is about one strategy" in capsys.readouterr().err
