"""`tidegate lookahead`: exit codes, text and JSON."""

import json
from pathlib import Path

import pytest

from tests.trading.backtesting.data.candle_folders import candle_table, store
from trading.backtesting.lookahead.__main__ import main

STRATEGIES = Path(__file__).parent / "strategies"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    folder = tmp_path / "data"
    store(candle_table(700, seed=1), folder / "BTC_USDT-5m.feather")
    store(candle_table(700, seed=2), folder / "ETH_USDT-5m.feather")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDEGATE_DATA_DIR", raising=False)
    return ["--datadir", str(folder), "--candles", "12"]


def strategy(name: str) -> list[str]:
    return ["--strategy-file", str(STRATEGIES / f"{name}.py")]


def test_a_strategy_that_reads_the_future_is_named_with_exit_code_1(
    data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*strategy("shifted"), *data, "--all-pairs", "--export", "found.json"]) == 1
    printed = capsys.readouterr().out
    assert "Shifted on BTC/USDT 5m: READS THE FUTURE in 1 indicator and 1 signal" in printed
    assert "Shifted on ETH/USDT 5m: READS THE FUTURE" in printed
    document = json.loads((tmp_path / "found.json").read_text())
    assert [found["pair"] for found in document] == ["BTC/USDT", "ETH/USDT"]
    assert document[0]["reads_future"][0]["column"] == "next_close"
    assert document[0]["reads_future"][0]["known"] is None


def test_an_honest_strategy_has_exit_code_0(data: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*strategy("first_backfilled"), *data]) == 0
    printed = capsys.readouterr().out
    assert "no look-ahead found" in printed
    assert "ETH/USDT" not in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--strategy-file", "absent.py"], "absent.py: can't be read"),
        ([*strategy("shifted"), "--pairs", "DOGE/USDT"], "no candles of DOGE/USDT"),
        ([*strategy("shifted"), "--timerange", "20300101-"], "candles"),
        ([*strategy("shifted"), "--export", "nowhere/found.json"], "there is no folder nowhere"),
    ],
)
def test_bad_input_is_one_line_with_exit_code_2(
    data: list[str], arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *data]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    complaint = [line for line in said.err.splitlines() if not line.startswith("note:")]
    assert len(complaint) == 1
    assert complaint[0].startswith("tidegate lookahead: ")
    assert words in complaint[0]
