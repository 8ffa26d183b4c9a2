"""Price steps by month, from the digits of candles."""

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.strategy_framework.trades.markets.ticks import most_decimals, tick_by_month

REAL = Path(__file__).parents[4] / "../shared/data/candles/binance/BTC_USDT-1h.dev.parquet"


def counted_in_text(prices: list[float]) -> int:
    """Count as the rule is written: at most 14 significant digits, trailing zeros left off."""
    texts = [
        np.format_float_positional(p, precision=14, unique=False, fractional=False, trim="-") for p in prices
    ]
    found = [re.search(r"\.(\d*[1-9])", text) for text in texts]
    return max((len(match.group(1)) for match in found if match), default=0)


prices = st.one_of(
    st.floats(1e-6, 1e6),
    st.decimals(0, 10**6, places=2).map(float),
    st.decimals(0, 1, places=9).map(float),
    st.integers(0, 10**9).map(float),
    st.decimals(0, 1000, places=3).map(lambda value: float(value) * 1.1),
)


@given(st.lists(prices, min_size=1, max_size=300))
def test_decimals_are_counted_as_in_text(values: list[float]) -> None:
    assert most_decimals(np.array(values)) == counted_in_text(values)


@given(st.integers(1, 9), st.integers(0, 2**32))
def test_one_odd_price_among_many_is_found(digits: int, seed: int) -> None:
    values = np.round(np.random.default_rng(seed).uniform(1, 100, 5000), 1)
    values[seed % 5000] = round(12.123456789, digits)
    assert most_decimals(values) == counted_in_text(values.tolist())


def candles(start: str, rows: int, price: float) -> pd.DataFrame:
    dates = pd.date_range(start, periods=rows, freq="1D", tz="UTC")
    return pd.DataFrame({"date": dates, "open": price, "high": price, "low": price, "close": price})


def test_each_month_has_the_step_of_its_own_digits() -> None:
    ticks = tick_by_month(pd.concat([candles("2024-01-01", 31, 1.25), candles("2024-02-01", 29, 1.125)]))
    assert ticks.at(datetime(2024, 1, 31, 23, 59, tzinfo=UTC)) == 0.01
    assert ticks.at(datetime(2024, 2, 1, tzinfo=UTC)) == 0.001


def test_a_month_of_whole_prices_or_without_candles_keeps_the_step_before() -> None:
    ticks = tick_by_month(pd.concat([candles("2024-01-01", 31, 1.25), candles("2024-03-01", 5, 7.0)]))
    assert ticks.at(datetime(2024, 2, 10, tzinfo=UTC)) == 0.01
    assert ticks.at(datetime(2024, 3, 10, tzinfo=UTC)) == 0.01
    assert ticks.at(datetime(2025, 3, 10, tzinfo=UTC)) == 0.01


def test_before_the_first_fractional_price_there_is_no_step() -> None:
    ticks = tick_by_month(pd.concat([candles("2024-01-01", 31, 5.0), candles("2024-02-01", 5, 7.5)]))
    assert ticks.at(datetime(2023, 12, 31, tzinfo=UTC)) is None
    assert ticks.at(datetime(2024, 1, 31, tzinfo=UTC)) is None
    assert ticks.at(datetime(2024, 2, 1, tzinfo=UTC)) == 0.1


def test_nan_and_infinite_prices_count_for_nothing() -> None:
    assert most_decimals(np.array([np.nan, np.inf, 1.5])) == 1


def test_no_candles_give_no_steps() -> None:
    assert tick_by_month(candles("2024-01-01", 0, 1.0)).at(datetime(2024, 1, 1, tzinfo=UTC)) is None


def test_real_candles_show_the_steps_that_their_text_shows() -> None:
    if not REAL.exists():
        pytest.skip(f"the recorded candles are not here: {REAL}")
    frame = pd.read_parquet(REAL)
    frame["date"] = pd.to_datetime(frame["ts"], unit="ms", utc=True)
    frame = frame.sort_values("date")
    steps = tick_by_month(frame).series()
    for month, candles_of_month in frame.groupby(frame["date"].dt.strftime("%Y-%m")):
        decimals = counted_in_text(
            candles_of_month[["open", "high", "low", "close"]].to_numpy().ravel().tolist()
        )
        assert steps[f"{month}-01"] == 10.0**-decimals, month
