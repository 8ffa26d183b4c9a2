"""Backtests: exact accounting, no look into the future, and one clear line for bad input."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.timeframes import timeframe_ns
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.trading.api.service import bars, store_bars
from tests.trading.strategy_framework.frames import MINUTE_NS, START_NS, candles
from trading.backtesting.data.joining import join_candles
from trading.backtesting.data.table_file import read_candles
from trading.backtesting.database import candles_from_database, forecasts_from_database
from trading.backtesting.errors import BadCandles, BadTerms
from trading.backtesting.loop import run_backtest
from trading.backtesting.simple_result import BacktestResult, Terms
from trading.strategies import strategies
from trading.strategy_framework import IStrategy
from trading.strategy_framework.forecasts import KnownForecast

CANDLES = Path(__file__).parents[3] / "../shared/data/candles/binance/BTC_USDT-1m.dev.parquet"
FREE = Terms(capital=1000, fee=0)


class Scripted(IStrategy):
    """Enters and exits after the candles that it is told."""

    timeframe = "1m"
    stoploss = -0.5

    def __init__(self, enter: set[int], leave: set[int]) -> None:
        super().__init__()
        self._enter, self._leave = enter, leave

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        dataframe["enter_long"] = [int(index in self._enter) for index in range(len(dataframe))]
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        dataframe["exit_long"] = [int(index in self._leave) for index in range(len(dataframe))]
        return dataframe


def run(strategy: IStrategy, closes: list[float], terms: Terms = FREE) -> BacktestResult:
    return run_backtest(strategy, candles(closes), symbol="BTC/USDT", terms=terms)


def test_a_signal_at_a_close_is_filled_at_the_next_open() -> None:
    result = run(Scripted({1}, {3}), [100, 110, 120, 130, 140])
    trade = result.trades[0]
    assert (trade.entry_price, trade.exit_price) == (110, 130)
    assert trade.candles_held == 2
    assert trade.exit_reason == "exit_signal"
    assert result.final_equity == pytest.approx(1000 * 130 / 110)


def test_both_fees_are_paid() -> None:
    result = run(Scripted({0}, {1}), [100, 100, 100, 100], Terms(capital=1000, fee=0.01))
    assert result.final_equity == pytest.approx(1000 * 0.99 / 1.01)
    assert result.fees == pytest.approx(1000 - result.final_equity)
    assert result.win_rate == 0


def test_a_signal_after_the_last_candle_is_not_filled() -> None:
    assert run(Scripted({3}, set()), [100, 100, 100, 100]).trades == []


def test_what_is_open_at_the_end_is_closed_there() -> None:
    trade = run(Scripted({0}, set()), [100, 100, 105]).trades[0]
    assert (trade.exit_price, trade.exit_reason) == (105, "end_of_data")


def test_the_stop_is_judged_at_the_close() -> None:
    strategy = Scripted({0}, set())
    strategy.stoploss = -0.1
    trade = run(strategy, [100, 100, 91, 90, 80, 70]).trades[0]
    assert (trade.exit_price, trade.exit_reason) == (90, "stop_loss")


def test_the_minimal_return_counts_minutes_from_the_entry() -> None:
    strategy = Scripted({0}, set())
    strategy.minimal_roi = {"2": 0.01}
    trade = run(strategy, [100, 102, 102, 103, 103]).trades[0]
    assert (trade.candles_held, trade.exit_reason) == (2, "roi")


def test_the_equity_is_marked_at_each_close() -> None:
    result = run(Scripted({0}, {2}), [100, 110, 90, 95, 95])
    assert result.equity == pytest.approx([1000, 1100, 900, 900, 900])
    assert result.drawdown_max == pytest.approx(900 / 1100 - 1)
    assert result.exposure == 2 / 5


scripts = st.sets(st.integers(0, 39))
prices = st.lists(st.floats(1, 1000), min_size=40, max_size=40)


@given(scripts, scripts, prices, st.floats(0, 0.01), st.floats(0.1, 1))
@settings(deadline=None, max_examples=60)
def test_profits_add_up_to_the_change_of_equity(
    enter: set[int], leave: set[int], closes: list[float], fee: float, stake_ratio: float
) -> None:
    result = run(Scripted(enter, leave), closes, Terms(capital=1000, fee=fee, stake_ratio=stake_ratio))
    assert result.final_equity - 1000 == pytest.approx(sum(trade.profit for trade in result.trades), abs=1e-6)


@given(scripts, scripts, prices, st.integers(3, 39))
@settings(deadline=None, max_examples=60)
def test_a_longer_future_changes_no_trade_that_was_closed(
    enter: set[int], leave: set[int], closes: list[float], cut: int
) -> None:
    whole = run(Scripted(enter, leave), closes)
    early = run(Scripted(enter, leave), closes[:cut])
    closed = [trade for trade in early.trades if trade.exit_reason != "end_of_data"]
    assert whole.trades[: len(closed)] == closed


def test_the_forecast_follower_trades_on_recorded_forecasts() -> None:
    forecasts = [
        KnownForecast(
            bar_close_ns=START_NS + minute * MINUTE_NS,
            horizon_s=900,
            predicted_return=value,
            probability_up=0.5,
        )
        for minute, value in ((2, 0.01), (5, -0.01))
    ]
    strategy = strategies()["forecast_follower"]()
    result = run_backtest(strategy, candles([100.0] * 10), symbol="BTC/USDT", forecasts=forecasts, terms=FREE)
    trade = result.trades[0]
    assert (trade.enter_tag, trade.exit_reason, trade.candles_held) == ("forecast_up", "forecast_down", 3)


def test_too_few_candles_and_bad_terms_are_refused() -> None:
    with pytest.raises(BadCandles, match="needs 100 to warm up and two to trade on"):
        run(strategies()["ema_cross"](), [100.0] * 101)
    with pytest.raises(BadTerms, match="stake_ratio"):
        Terms(stake_ratio=0)


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
    strategy = strategies()["forecast_follower"]()
    result = run_backtest(strategy, frame, symbol="BTC/USDT", forecasts=forecasts)
    assert result.trades[0].enter_tag == "forecast_up"
    with pytest.raises(BadCandles, match="has no bars of ETH/USDT@binance"):
        candles_from_database(postgres_settings, venue="binance", symbol="ETH/USDT", **period)


@pytest.mark.skipif(not CANDLES.exists(), reason=f"recorded candles are not at {CANDLES}")
def test_a_month_of_recorded_candles_keeps_its_books() -> None:
    frame = read_candles(CANDLES)
    month = frame[frame["date"] >= "2025-06-01"]
    result = run_backtest(strategies()["ema_cross"](), month, symbol="BTC/USDT")
    assert len(result.trades) > 20
    assert result.final_equity - 10_000 == pytest.approx(sum(trade.profit for trade in result.trades))
    assert result.drawdown_max < 0
