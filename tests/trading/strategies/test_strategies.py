"""The strategies that come with Tidegate, on candles whose answer is plain."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from trading.strategies import strategies
from trading.strategy_framework.analysis import analyze
from trading.strategy_framework.candles.forecasts import PROBABILITY_UP, RETURN
from trading.strategy_framework.candles.venue_closes import join_venue_closes


def minutes(closes: np.ndarray) -> pd.DataFrame:
    dates = pd.date_range("2024-01-01", periods=len(closes), freq="1min", tz="UTC")
    columns = dict.fromkeys(("open", "high", "low", "close"), closes)
    return pd.DataFrame({"date": dates, **columns, "volume": 1.0})


class Signals(NamedTuple):
    """What the trade manager may act on: an entry beside an exit is none."""

    enter_long: bool
    exit_long: bool


def analyzed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return analyze(strategies()[name](), frame, {"pair": "BTC/USDT"})


def last_row(name: str, frame: pd.DataFrame) -> Signals:
    row = analyzed(name, frame).iloc[-1]
    enters, leaves = (bool(row.get(column) == 1) for column in ("enter_long", "exit_long"))
    return Signals(enter_long=enters and not leaves, exit_long=leaves and not enters)


def test_every_file_of_the_folder_is_found_under_its_name() -> None:
    assert list(strategies()) == [
        "bollinger_reversion",
        "donchian_breakout",
        "ema_cross",
        "forecast_follower",
        "grid",
        "macd_trend",
        "rsi_reversion",
        "venue_arbitrage",
    ]


@pytest.mark.parametrize("name", list(strategies()))
def test_every_strategy_documents_when_it_loses(name: str) -> None:
    assert "loses" in (strategies()[name].__doc__ or "")


@pytest.mark.parametrize("name", list(strategies()))
def test_a_changed_future_changes_no_past_signal(name: str) -> None:
    rng = np.random.default_rng(7)
    closes = 100 * np.exp(np.cumsum(rng.normal(0, 0.001, 300)))
    shuffled = np.concatenate([closes[:200], rng.permutation(closes[200:])])
    frames = []
    for series in (closes, shuffled):
        frame = minutes(series).assign(**{RETURN: rng.normal(0, 0) + 0.01, PROBABILITY_UP: 0.7})
        frames.append(analyzed(name, frame))
    for column in ("enter_long", "exit_long"):
        first, second = (pd.to_numeric(frame[column]).fillna(0).iloc[:200] for frame in frames)
        assert first.equals(second)


def test_ema_cross_enters_in_a_rise_and_leaves_in_a_fall() -> None:
    rise = minutes(np.linspace(100, 105, 200))
    fall = minutes(np.linspace(105, 100, 200))
    assert last_row("ema_cross", rise).enter_long
    assert last_row("ema_cross", fall).exit_long


def test_ema_cross_joins_a_trend_under_way() -> None:
    frame = analyzed("ema_cross", minutes(np.linspace(100, 105, 200)))
    assert list(frame["enter_long"].iloc[-30:]) == [1] * 30


def test_ema_cross_refuses_a_bounce_in_a_fall() -> None:
    closes = np.concatenate([np.linspace(110, 100, 150), np.linspace(100, 101.5, 30)])
    row = last_row("ema_cross", minutes(closes))
    assert not row.enter_long
    assert not row.exit_long


@pytest.mark.parametrize(
    ("predicted", "probability", "enters", "leaves"),
    [
        (0.004, 0.5, True, False),
        (0.001, 0.6, True, False),
        (0.001, 0.52, False, False),
        (-0.004, 0.5, False, True),
        (-0.001, 0.4, False, True),
        (0.0, 0.5, False, False),
        (float("nan"), float("nan"), False, False),
    ],
)
def test_forecast_follower_follows_and_holds_without_a_forecast(
    predicted: float, probability: float, *, enters: bool, leaves: bool
) -> None:
    frame = minutes(np.full(30, 100.0)).assign(**{RETURN: predicted, PROBABILITY_UP: probability})
    row = last_row("forecast_follower", frame)
    assert (row.enter_long, row.exit_long) == (enters, leaves)


def test_macd_trend_enters_when_a_rise_resumes_and_leaves_when_it_ends() -> None:
    closes = np.concatenate(
        [np.linspace(100, 110, 150), np.linspace(110, 109, 15), np.linspace(109, 113, 15)]
    )
    frame = analyzed("macd_trend", minutes(closes)).iloc[140:]
    assert (frame["exit_long"].iloc[:25] == 1).any()
    assert (frame["enter_long"].iloc[25:] == 1).any()


def test_bollinger_reversion_buys_the_return_and_not_the_fall() -> None:
    wave = 100 + np.sin(np.arange(60))
    fall = np.linspace(99, 80, 12)
    falling = analyzed("bollinger_reversion", minutes(np.append(wave, fall)))
    assert not (falling["enter_long"].iloc[-10:] == 1).any()
    back = np.concatenate([wave, fall[:4], [97.0, 99.5, 100.5]])
    returned = analyzed("bollinger_reversion", minutes(back))
    assert (returned["enter_long"].iloc[-3:] == 1).any()
    assert returned["exit_long"].iloc[-1] == 1


def test_donchian_breakout_enters_above_four_hours_and_leaves_below_two() -> None:
    flat = np.full(60, 100.0)
    assert last_row("donchian_breakout", minutes(np.append(flat, 101.0))).enter_long
    assert last_row("donchian_breakout", minutes(np.append(flat, 99.0))).exit_long
    assert not last_row("donchian_breakout", minutes(flat)).enter_long


def test_the_grid_enters_at_its_first_candle() -> None:
    assert last_row("grid", minutes(np.array([100.0]))).enter_long


def test_venue_arbitrage_buys_what_is_cheap_beyond_what_is_usual() -> None:
    frame = minutes(np.full(200, 100.0))
    dearer = np.full(200, 100.5)
    usual = frame.assign(venue_close_kraken=dearer)
    assert not last_row("venue_arbitrage", usual).enter_long
    dearer[-1] = 100.8
    assert last_row("venue_arbitrage", frame.assign(venue_close_kraken=dearer)).enter_long


def test_venue_arbitrage_holds_where_no_other_venue_speaks() -> None:
    for frame in (
        minutes(np.full(100, 100.0)),
        minutes(np.full(100, 100.0)).assign(venue_close_kraken=np.nan),
    ):
        row = last_row("venue_arbitrage", frame)
        assert not row.enter_long
        assert not row.exit_long


def test_other_venues_closes_are_joined_by_candle_and_never_carried_forward() -> None:
    ours, theirs = minutes(np.arange(1.0, 6.0)), minutes(np.arange(11.0, 16.0)).drop(index=2)
    joined = join_venue_closes(ours, {"kraken": theirs})
    assert joined["venue_close_kraken"].tolist()[:2] == [11.0, 12.0]
    assert np.isnan(joined["venue_close_kraken"].iloc[2])
    assert "venue_close_kraken" not in ours
