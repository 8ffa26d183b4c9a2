"""Longer timeframes and other pairs, joined without a look into the future."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trading.strategy_framework.strategy_files import Candles, strategy, walk, write
from trading.strategy_framework.analysis import analyze
from trading.strategy_framework.candles.merging import merge_informative_pair
from trading.strategy_framework.errors import StrategyError, StrategyFailed
from trading.strategy_framework.interface.data_provider import DataProvider
from trading.strategy_framework.loading.loader import load_strategy

CONFIG = {"stake_currency": "USDT", "runmode": "backtest"}


def run(folder: Path, body: str, **provider: Any) -> pd.DataFrame:
    one = load_strategy(write(folder, strategy(body)), config=CONFIG)
    one.dp = DataProvider(Candles(), one.config, whitelist=["ETH/USDT"], **provider)
    return analyze(one, walk(200), {"pair": "ETH/USDT"})


def method(decorator: str, body: str = "dataframe['rsi'] = 1.0") -> str:
    return f"@{decorator}\ndef populate_more(self, dataframe, metadata):\n    {body}\n    return dataframe\n"


@pytest.mark.parametrize(
    ("decorator", "column"),
    [
        ("informative('1h')", "rsi_1h"),
        ("informative('1h', 'BTC/USDT')", "btc_usdt_rsi_1h"),
        ("informative('1h', 'BTC/{stake}')", "btc_usdt_rsi_1h"),
        ("informative('4h', '{BASE}/BTC')", "eth_btc_rsi_4h"),
        ("informative('1h', 'BTC/USDT', '{column}_{base}')", "rsi_btc"),
        (
            "informative('1h', 'BTC/USDT', '{BASE}{QUOTE}_{column}_{asset}_{timeframe}')",
            "BTCUSDT_rsi_BTC/USDT_1h",
        ),
        ("informative('1h', fmt=lambda column, **words: 'x_' + column)", "x_rsi"),
        ("informative('1h', candle_type='mark')", "rsi_1h"),
        ("informative('5m', 'BTC/USDT')", "btc_usdt_rsi_5m"),
    ],
)
def test_columns_are_named_by_the_decorator(tmp_path: Path, decorator: str, column: str) -> None:
    frame = run(tmp_path, method(decorator))
    assert frame[column].iloc[-1] == 1.0
    assert column.replace("rsi", "close") in frame


def test_several_decorators_and_methods_are_all_merged(tmp_path: Path) -> None:
    body = "@informative('4h')\n" + method("informative('1h')")
    body += method("informative('15m', 'BTC/{stake}')").replace("populate_more", "populate_btc")
    frame = run(tmp_path, body)
    assert {"rsi_1h", "rsi_4h", "btc_usdt_rsi_15m"} <= set(frame.columns)


def test_the_method_is_told_its_pair_and_timeframe(tmp_path: Path) -> None:
    body = method("informative('1h', 'BTC/USDT')", "dataframe['who'] = str(sorted(metadata.items()))")
    said = run(tmp_path, body)["btc_usdt_who_1h"].iloc[-1]
    assert said == "[('pair', 'BTC/USDT'), ('timeframe', '1h')]"


@pytest.mark.parametrize(
    ("body", "provider", "said"),
    [
        (
            method("informative('1h', 'BTC/USDT')"),
            {"markets": {"ETH/USDT": {"base": "ETH", "quote": "USDT"}}},
            "BTC/USDT, which has no market here",
        ),
        (
            method("informative('1h')") + method("informative('1h')").replace("more", "again"),
            {},
            "two informative methods give the column date_1h",
        ),
        (
            method("informative('1h')", "dataframe['a'] = dataframe['nothing']"),
            {},
            "raised KeyError: 'nothing'",
        ),
    ],
)
def test_what_goes_wrong_is_named(tmp_path: Path, body: str, provider: dict[str, Any], said: str) -> None:
    with pytest.raises(StrategyFailed, match=said):
        run(tmp_path, body, **provider)


def test_a_pair_without_candles_is_named(tmp_path: Path) -> None:
    one = load_strategy(write(tmp_path, strategy(method("informative('1h')"))), config=CONFIG)
    one.dp = DataProvider(Candles(rows=0), one.config, whitelist=["ETH/USDT"])
    with pytest.raises(StrategyFailed, match="ETH/USDT 1h spot: there are no candles"):
        analyze(one, walk(200), {"pair": "ETH/USDT"})


def test_informative_pairs_are_gathered(tmp_path: Path) -> None:
    body = method("informative('1h')") + method("informative('4h', 'BTC/{stake}')").replace("more", "btc")
    body += "def informative_pairs(self): return [('ADA/USDT', '15m'), ('ADA/USDT', '1d', 'mark')]\n"
    one = load_strategy(write(tmp_path, strategy(body)), config=CONFIG)
    one.dp = DataProvider(Candles(), one.config, whitelist=["ETH/USDT", "XRP/USDT"])
    assert [(pair, timeframe, str(kind)) for pair, timeframe, kind in one.gather_informative_pairs()] == [
        ("ADA/USDT", "15m", "spot"),
        ("ADA/USDT", "1d", "mark"),
        ("BTC/USDT", "4h", "spot"),
        ("ETH/USDT", "1h", "spot"),
        ("XRP/USDT", "1h", "spot"),
    ]


@given(st.sampled_from([(15, "15m"), (60, "1h"), (240, "4h")]), st.integers(0, 200), st.booleans())
def test_a_row_knows_only_candles_that_closed_with_it(
    longer: tuple[int, str],
    offset: int,
    ffill: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    minutes, timeframe = longer
    short = walk(150)
    long = walk(90, timeframe_minutes=minutes).iloc[offset % 80 :].reset_index(drop=True)
    merged = merge_informative_pair(short, long, "5m", timeframe, ffill=ffill)
    known = merged.dropna(subset=[f"date_{timeframe}"])
    closes = known[f"date_{timeframe}"] + timedelta(minutes=minutes)
    assert (closes <= known["date"] + timedelta(minutes=5)).all()
    if ffill and len(known):
        assert (closes + timedelta(minutes=minutes) > known["date"] + timedelta(minutes=5)).all()


def test_columns_end_in_the_timeframe_or_a_suffix() -> None:
    long = walk(50, timeframe_minutes=60)
    assert "close_1h" in merge_informative_pair(walk(100), long, "5m", "1h")
    merged = merge_informative_pair(walk(100), long, "5m", "1h", append_timeframe=False, suffix="btc")
    assert "close_btc" in merged
    assert not [column for column in merged if "date_merge" in column]


def test_rows_before_the_first_match_get_the_last_candle_before_them() -> None:
    short, long = walk(100), walk(40, timeframe_minutes=60)
    merged = merge_informative_pair(short.iloc[7:].reset_index(drop=True), long, "5m", "1h")
    assert not merged["close_1h"].isna().any()


def test_months_are_joined_at_their_ends() -> None:
    days = pd.DataFrame({"date": pd.date_range("2025-01-01", periods=70, tz="UTC"), "close": 1.0})
    months = pd.DataFrame(
        {"date": pd.to_datetime(["2024-12-01", "2025-01-01", "2025-02-01"], utc=True), "n": [12, 1, 2]}
    )
    merged = merge_informative_pair(days, months, "1d", "1M").set_index("date")["n_1M"]
    at = [
        datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in ("2025-01-30", "2025-01-31", "2025-02-28")
    ]
    assert [merged[pd.Timestamp(day)] for day in at] == [12, 1, 2]


def test_a_shorter_timeframe_is_refused() -> None:
    with pytest.raises(ValueError, match="faster timeframe to a slower"):
        merge_informative_pair(walk(5, timeframe_minutes=60), walk(5), "1h", "5m")
    with pytest.raises(ValueError, match="suffix"):
        merge_informative_pair(walk(5), walk(5, timeframe_minutes=60), "5m", "1h", suffix="x")


def test_an_unknown_candle_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StrategyError):
        load_strategy(write(tmp_path, strategy(method("informative('1h', candle_type='weird')"))))
