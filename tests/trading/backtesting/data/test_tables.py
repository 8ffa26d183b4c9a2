"""Tables of candles from files and from the database: what is read, joined and refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from market.timeframes import timeframe_ns
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.trading.api.service import bars, store_bars
from tests.trading.strategy_framework.frames import MINUTE_NS, START_NS, candles
from trading.backtesting.data.files.table_file import read_candles
from trading.backtesting.data.stores.database_rows import candles_from_database, forecasts_from_database
from trading.backtesting.data.stores.joining import join_candles
from trading.backtesting.errors import BadCandles


def test_minutes_join_into_whole_candles_only() -> None:
    minutes = candles(
        [float(value) for value in range(100, 113)], start_ns=START_NS - START_NS % (5 * MINUTE_NS)
    )
    joined = join_candles(minutes, "5m")
    assert list(joined["close"]) == [104, 109]
    assert list(joined["high"]) == [104, 109]
    assert list(joined["volume"]) == [5, 5]
    with pytest.raises(BadCandles, match="can't be joined into 1m"):
        join_candles(joined, "1m")


@pytest.mark.parametrize("unit", [10**9, 10**6, 1])
def test_times_are_read_in_seconds_milliseconds_and_nanoseconds(tmp_path: Path, unit: int) -> None:
    frame = candles([1, 2, 3])
    frame["ts"] = frame.pop("date").astype("int64") // unit
    path = tmp_path / "bars.csv"
    frame.to_csv(path, index=False)
    assert read_candles(path)["date"].iloc[0].timestamp() == START_NS / 1e9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,open,high,low,close\n", "lacks volume"),
        ("open,high,low,close,volume\n", "lacks a time column"),
        ("date,open,high,low,close,volume\nsoon,1,1,1,1,1\n", "a time can't be read"),
        ("date,open,high,low,close,volume\n2024-01-01,x,1,1,1,1\n", "could not convert"),
        ("date,open,high,low,close,volume\n2024-01-01,-1,1,1,1,1\n", "makes no sense"),
        ("date,open,high,low,close,volume\n2024-01-01,5,4,4,4,1\n", "makes no sense"),
        ("date,open,high,low,close,volume\n2024-01-01,1,1,1,1,1\n2024-01-01,1,1,1,1,1\n", "two candles at"),
        ("", "can't be read"),
    ],
)
def test_a_bad_table_is_told_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bars.csv"
    path.write_text(text)
    with pytest.raises(BadCandles, match=said):
        read_candles(path)


def test_a_backtest_reads_what_the_system_recorded(postgres_settings: CoreSettings) -> None:
    until_ns = START_NS
    store_bars(postgres_settings, bars("BTC/USDT", 120, slope=0.0002, until_ns=until_ns))
    moment = datetime.fromtimestamp(until_ns / 1e9, UTC)
    with connect(postgres_settings) as connection:
        connection.execute(
            "INSERT INTO forecasts (symbol, made_at, bar_close_time, horizon_s, predicted_return,"
            " probability_up, low, high, model, model_version, feature_hash)"
            " VALUES ('BTC/USDT', %(at)s, %(at)s - interval '1 hour', 900, 0.01, 0.6, 0, 0.02,"
            " 'lstm', 'lstm-1', 'x')",
            {"at": moment},
        )
    period = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": moment}
    frame = candles_from_database(postgres_settings, venue="binance", symbol="BTC/USDT", **period)
    forecasts = forecasts_from_database(postgres_settings, symbol="BTC/USDT", **period)
    assert len(frame) == 120
    assert forecasts[0].bar_close_ns == until_ns - timeframe_ns("1h")
    with pytest.raises(BadCandles, match="has no bars of ETH/USDT@binance"):
        candles_from_database(postgres_settings, venue="binance", symbol="ETH/USDT", **period)
