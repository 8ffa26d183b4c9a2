"""`tidegate backtest`: freqtrade's folders and files in, tables and every trade out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.trading.backtesting.commands.strategy_sources import strategy_file
from tests.trading.backtesting.data.candle_folders import candle_table, store
from trading.backtesting.commands.backtest import main

ROOT = Path(__file__).parents[4]
FIELDS = {
    "pair", "open_date", "close_date", "open_rate", "close_rate", "amount", "stake_amount", "profit_abs",
    "profit_ratio", "exit_reason", "enter_tag", "is_short", "leverage", "fee_open", "fee_close", "min_rate",
    "max_rate",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with two pairs; the working directory is empty and Tidegate's folder too."""
    data = tmp_path / "data"
    store(candle_table(900, seed=1), data / "BTC_USDT-5m.feather")
    store(candle_table(900, seed=2), data / "ETH_USDT-5m.feather")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.delenv("TIDEGATE_DATA_DIR", raising=False)
    return data


def exported(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def test_a_strategy_file_is_run_over_a_data_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    arguments = ["--strategy-file", str(strategy_file(tmp_path)), "--datadir", str(folder)]
    assert main([*arguments, "--export", str(out)]) == 0
    printed = capsys.readouterr().out
    for words in (
        "Dips",
        "Result by pair",
        "BTC/USDT",
        "TOTAL",
        "By entry tag",
        "dip",
        "Sharpe, Sortino",
        "1,000.000 USDT",
    ):
        assert words in printed
    document = exported(out)
    assert set(document["trades"][0]) >= FIELDS
    summary = document["summary"]
    assert summary["trades"] == len(document["trades"]) > 10
    assert summary["pairs"] == ["BTC/USDT", "ETH/USDT"]
    profit = sum(trade["profit_abs"] for trade in document["trades"])
    assert summary["profit_total_abs"] == pytest.approx(profit)
    assert summary["final_balance"] == pytest.approx(1000 + profit)
    assert len(summary["data_hash"]) == 64
    assert document["trades"][0]["open_date"].endswith("+00:00")
    assert [path.name for path in tmp_path.glob("*out*")] == ["out.json"]


def test_a_strategy_finds_files_in_the_user_folder_as_soon_as_it_is_made(
    folder: Path, tmp_path: Path
) -> None:
    path = strategy_file(tmp_path)
    text = path.read_text()
    making = """
    def __init__(self, config):
        super().__init__(config)
        (config["user_data_dir"] / "made").touch()
"""
    path.write_text(text.replace("    timeframe =", making + "\n    timeframe =", 1))
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"user_data_dir": str(tmp_path)}))
    assert main(["--strategy-file", str(path), "--datadir", str(folder), "--config", str(config)]) == 0
    assert (tmp_path / "made").exists()


def test_configuration_and_options_decide_what_is_run(folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        '{"stake_currency": "USDT", "stake_amount": 50, "dry_run_wallet": 500, "fee": 0.001, // comment\n'
        ' "exchange": {"name": "kraken", "pair_whitelist": ["ETH/USDT", "BTC/USDT", "XRP/USDT"]},}'
    )
    out = tmp_path / "out.json"
    arguments = ["--strategy", "Dips", "--strategy-path", str(strategy_file(tmp_path / "own").parent)]
    arguments += ["-c", str(config), "-d", str(folder), "--export", str(out)]
    assert main([*arguments, "--fee", "0", "--timerange", "20240102-20240103", "--pairs", "ETH/.*"]) == 0
    document = exported(out)
    summary = document["summary"]
    assert summary["pairs"] == ["ETH/USDT"]
    assert summary["backtest_start"] == "2024-01-02 00:00:00+00:00"
    assert summary["backtest_end"] == "2024-01-03 00:00:00+00:00"
    assert {trade["fee_open"] for trade in document["trades"]} == {0.0}
    assert all(trade["stake_amount"] == pytest.approx(50, rel=0.01) for trade in document["trades"])
    assert summary["starting_balance"] == 500


def test_a_whitelisted_pair_without_candles_is_left_out_and_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"exchange": {"pair_whitelist": ["BTC/USDT", "XRP/USDT", "BTC/EUR"]}, "telegram": {}}')
    arguments = ["--strategy-file", str(strategy_file(tmp_path)), "-d", str(folder), "-c", str(config)]
    assert main(arguments) == 0
    said = capsys.readouterr().err
    assert "left out, as" in said
    assert "has no 5m candles: XRP/USDT, BTC/EUR" in said
    assert "not used in a backtest: telegram" in said


def test_a_pair_whose_name_its_file_does_not_tell_is_found_by_name(folder: Path, tmp_path: Path) -> None:
    store(candle_table(300), folder / "A_B_USDT-5m.feather")
    out = tmp_path / "out.json"
    arguments = ["--strategy-file", str(strategy_file(tmp_path)), "-d", str(folder), "--export", str(out)]
    assert main([*arguments, "--pairs", "A.B/USDT"]) == 0
    assert exported(out)["summary"]["pairs"] == ["A.B/USDT"]


def test_markets_limit_amounts_and_set_the_fee(folder: Path, tmp_path: Path) -> None:
    market = {"symbol": "BTC/USDT", "precision": {"amount": 0.5}, "taker": 0.003, "maker": 0.002}
    (tmp_path / "markets.json").write_text(json.dumps([market]))
    out = tmp_path / "out.json"
    arguments = ["--strategy-file", str(strategy_file(tmp_path)), "-d", str(folder), "--pairs", "BTC/USDT"]
    assert main([*arguments, "--markets", str(tmp_path / "markets.json"), "--export", str(out)]) == 0
    trades = exported(out)["trades"]
    assert {trade["fee_open"] for trade in trades} == {0.003}
    assert all(trade["amount"] % 0.5 == 0 for trade in trades)
    assert main([*arguments, "--markets", "absent.json"]) == 2


def test_several_strategies_run_side_by_side_and_are_compared(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, out = tmp_path / "own", tmp_path / "out.json"
    strategy_file(own, "First")
    strategy_file(own, "Second", change=("0.02", "0.01"))
    strategy_file(own, "Third", change=("rolling(5)", "rolling(5).such()"))
    arguments = ["--strategy-list", "First", "Second", "Third", "--strategy-path", str(own), "--jobs", "2"]
    assert main([*arguments, "-d", str(folder), "--export", str(out)]) == 2
    said = capsys.readouterr()
    assert "Strategies compared" in said.out
    assert "Third" in said.err
    assert "such" in said.err
    documents = exported(out)["strategies"]
    assert set(documents) == {"First", "Second", "Third"}
    assert documents["First"]["summary"]["trades"] > 0
    assert "such" in documents["Third"]["problem"]


def test_one_file_of_bars_is_one_pair(folder: Path, tmp_path: Path) -> None:
    bars = store(candle_table(3000, "1min"), tmp_path / "bars.parquet")
    out = tmp_path / "out.json"
    arguments = ["--strategy-file", str(strategy_file(tmp_path)), "--bars", str(bars), "--pairs", "SOL/USDT"]
    assert main([*arguments, "--export", str(out)]) == 0
    assert exported(out)["summary"]["pairs"] == ["SOL/USDT"]
    assert exported(out)["summary"]["candles"] == 599


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name a --strategy, or a --strategy-file"),
        (["--strategy", "ema_crozz"], "there is no strategy 'ema_crozz'; did you mean ema_cross?"),
        (["--strategy-file", "absent.py"], "absent.py"),
        (["--strategy", "macd_trend", "-d", "nowhere"], "there is no data folder nowhere"),
        (["--strategy", "macd_trend", "-c", "none.json"], "the configuration none.json can't be read"),
        (["--strategy", "macd_trend", "--timerange", "soon"], "timerange: 'soon' is not a time range"),
        (
            ["--strategy", "macd_trend", "--pairs", "XRP/USDT"],
            "has no candles of XRP/USDT; it has BTC/USDT, ETH/USDT",
        ),
        (["--strategy", "macd_trend", "--pairs", "BTC/USD"], "did you mean BTC/USDT?"),
        (["--strategy", "macd_trend", "-i", "1h"], "has no 1h spot candles; it has 5m (spot)"),
        (
            ["--strategy", "macd_trend", "--timerange", "20300101-"],
            "BTC/USDT has candles from 2024-01-01 00:00 to",
        ),
        (["--strategy", "macd_trend", "--timerange", "-20240101T0100"], "choose a longer time range"),
        (["--strategy", "macd_trend", "--fee", "7"], "fee must be a fraction"),
        (["--strategy", "macd_trend", "--export", "no/such/place.json"], "there is no folder no/such"),
        (["--strategy", "macd_trend", "--export", "."], "is a folder; name a file"),
        (["--strategy", "macd_trend", "--max-open-trades", "-1"], "can't both be unlimited"),
        (
            ["--strategy", "macd_trend", "--stake-amount", "400", "--dry-run-wallet", "300"],
            "stake_amount 400 is more than there is to spend: 297, dry_run_wallet times",
        ),
        (["--strategy", "macd_trend", "--trading-mode", "futures"], "needs margin_mode"),
        (["--strategy", "macd_trend", "--bars", "x.csv"], "say which, as in --pairs"),
        (["--strategy", "macd_trend", "--bars", "x.csv", "--pairs", "A/B"], "there is no file x.csv"),
        (["--strategy", "macd_trend", "--bars", "x.txt", "--pairs", "A/B"], "neither .parquet nor .csv"),
    ],
)
def test_bad_input_is_one_line_that_says_what_and_where(
    folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = [] if {"-d", "--bars"} & set(arguments) else ["-d", str(folder)]
    assert main([*arguments, *source]) == 2
    error = capsys.readouterr().err
    complaints = [line for line in error.splitlines() if not line.startswith("note: ")]
    assert len(complaints) == 1
    assert said in complaints[0]
    assert complaints[0].startswith("tidegate backtest: ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("class Dips(IStrategy):", "class Dips(IStrategy:"), "Dips.py, line 5: not valid Python"),
        (('dataframe["close"].rolling', 'dataframe["closing"].rolling'), "closing"),
        (
            ("return dataframe\n\n    def populate_entry", "return dataframe[3:]\n\n    def populate_entry"),
            "Dips",
        ),
        (("return dataframe\n\n    def populate_entry", "return None\n\n    def populate_entry"), "Dips"),
        (("import IStrategy", "import IStrategy, Nothing"), "Nothing"),
        (("from freqtrade", "import nowhere_to_be_found\nfrom freqtrade"), "nowhere_to_be_found"),
        (("stoploss = -0.1", "stoploss = 0.1"), "stoploss = 0.1 must be a negative fraction"),
        (('timeframe = "5m"', 'timeframe = "five"'), "timeframe"),
    ],
)
def test_a_broken_strategy_is_one_line_and_nothing_is_written(
    folder: Path, tmp_path: Path, change: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = strategy_file(tmp_path, change=change), tmp_path / "out.json"
    assert main(["--strategy-file", str(path), "-d", str(folder), "--export", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert said in error
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("] = (1, ", "] = (float('nan'), "), "enter_long is NaN throughout"),
        (("] = (1, ", "] = (2, "), "enter_long is never 1 alone"),
        (
            ('["enter_long", "enter_tag"]] = (1, "dip")', '"enter_tag"] = "dip"'),
            "none of enter_long, enter_short is set",
        ),
    ],
)
def test_a_strategy_that_never_signals_trades_nothing_and_is_told_why(
    folder: Path, tmp_path: Path, change: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    silent = strategy_file(tmp_path, change=change)
    assert main(["--strategy-file", str(silent), "-d", str(folder), "--export", str(out)]) == 0
    assert exported(out)["trades"] == []
    assert f"note: Dips gives no entry signal on any pair: {said}\n" in capsys.readouterr().err


def test_a_strategy_that_signals_on_some_pair_is_not_told_of_the_others(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = strategy_file(tmp_path, change=("] = (1, ", '] = (metadata["pair"].startswith("B") or None, '))
    assert main(["--strategy-file", str(some), "-d", str(folder)]) == 0
    said = capsys.readouterr()
    assert "no entry signal" not in said.err
    assert "dip" in said.out


@pytest.mark.parametrize(
    ("defect", "said"),
    [
        ("gaps", "gaps: 20 5m candles missing of 900 in 2 places, first after 2024-01-01 08:15"),
        ("duplicates", "duplicates: 1 candle of a time that is there already, first 2024-01-01 00:50"),
        ("unsorted", "unsorted: 899 times a candle is older than the one before"),
    ],
)
def test_data_that_can_be_used_is_used_and_its_faults_are_told(
    folder: Path, tmp_path: Path, defect: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = candle_table(900)
    damaged = {
        "gaps": table.drop([*range(100, 115), *range(300, 305)]),
        "duplicates": table.loc[[*range(900), 10]],
        "unsorted": table.iloc[::-1],
    }[defect]
    path = store(damaged, folder / "BTC_USDT-5m.feather")
    assert main(["--strategy-file", str(strategy_file(tmp_path)), "-d", str(folder)]) == 0
    assert f"note: {path}: {said}" in capsys.readouterr().err


@pytest.mark.parametrize("defect", ["truncated", "columns"])
def test_data_that_can_not_be_used_is_one_line(
    folder: Path, tmp_path: Path, defect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = folder / "BTC_USDT-5m.feather", tmp_path / "out.json"
    if defect == "truncated":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        store(candle_table(900).drop(columns="volume"), path)
    arguments = ["--strategy-file", str(strategy_file(tmp_path)), "-d", str(folder), "--export", str(out)]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert str(path) in error
    assert not out.exists()


def test_a_run_that_fails_leaves_the_former_result_alone(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("former")
    broken = strategy_file(tmp_path, change=("rolling(5)", "rolling(None)"))
    assert main(["--strategy-file", str(broken), "-d", str(folder), "--export", str(out)]) == 2
    assert out.read_text() == "former"


def test_the_program_answers_for_help_at_once_and_without_heavy_imports() -> None:
    code = (
        "import sys\nfrom trading.backtesting.commands.backtest import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('pandas', 'numpy', 'talib', 'numba', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "--strategy-file" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
