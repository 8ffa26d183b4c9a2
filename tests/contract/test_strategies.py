"""What every shipped strategy promises. A new file in the folder is tested by being there."""

import numpy as np
import pandas as pd
import pytest

from trading.strategies import strategies
from trading.strategy_framework.analysis import SIGNAL_COLUMNS, analyze
from trading.strategy_framework.candles.forecasts import PROBABILITY_UP, RETURN

STRATEGIES = strategies()
PREFIXES = (200, 333, 399)


def signals_of(name: str, candles: pd.DataFrame) -> pd.DataFrame:
    """Return the signal columns of an analysed frame; a column that the strategy never sets is 0."""
    frame = analyze(STRATEGIES[name]({}), candles, {"pair": "BTC/USDT"})
    return frame.reindex(columns=list(SIGNAL_COLUMNS)).fillna(0)


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    """Return 400 one-minute candles of a random walk, with forecasts and venues beside them."""
    random = np.random.default_rng(11)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.001, 400)))
    opened = np.concatenate([[100.0], close[:-1]])
    return pd.DataFrame(
        {
            "date": pd.date_range("2026-01-01", periods=400, freq="min", tz="UTC"),
            "open": opened,
            "high": np.maximum(opened, close) * 1.0002,
            "low": np.minimum(opened, close) * 0.9998,
            "close": close,
            "volume": random.uniform(1, 5, 400),
            RETURN: random.normal(0, 0.004, 400),
            PROBABILITY_UP: random.uniform(0.3, 0.7, 400),
            "venue_close_coinbase": close * np.exp(random.normal(0, 0.002, 400)),
            "venue_close_kraken": close * np.exp(random.normal(0, 0.002, 400)),
        }
    )


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_says_when_it_loses(name: str) -> None:
    assert "lose" in (STRATEGIES[name].__doc__ or ""), "its docstring must say when it loses"


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_has_a_stop_and_a_timeframe(name: str) -> None:
    assert STRATEGIES[name].timeframe
    assert -1 <= STRATEGIES[name].stoploss < 0


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_longer_history_changes_no_past_signal(name: str, candles: pd.DataFrame) -> None:
    whole = signals_of(name, candles)
    for length in PREFIXES:
        prefix = signals_of(name, candles.head(length))
        pd.testing.assert_frame_equal(prefix, whole.head(length), check_dtype=False)


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_enters_and_exits_on_a_random_walk(name: str, candles: pd.DataFrame) -> None:
    signals = signals_of(name, candles)
    assert (signals["enter_long"] == 1).any()
    assert (signals["exit_long"] == 1).any() or STRATEGIES[name].minimal_roi, "nothing ends its trades"
