"""Stops, times and small tools that strategies call, with answers of freqtrade 2026.9."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.strategy_framework.candles.times import (
    date_minus_candles,
    timeframe_to_minutes,
    timeframe_to_msecs,
    timeframe_to_next_date,
    timeframe_to_prev_date,
    timeframe_to_resample_freq,
    timeframe_to_seconds,
)
from trading.strategy_framework.freqtrade_modules import tools
from trading.strategy_framework.freqtrade_modules.stops import stoploss_from_absolute, stoploss_from_open
from trading.strategy_framework.interface.enums import CandleType, ExitType, MarketDirection, RunMode, State

MOMENT = datetime(2025, 6, 25, 13, 47, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "stop"),
    [
        ((-0.05, 0.05), 1 - 0.95 / 1.05),
        ((0.02, 0.05), 1 - 1.02 / 1.05),
        ((0.1, 0.05), 0.0),
        ((0.0, -1.0), 1),
        ((-0.05, 0.05, True), -1 + 1.05 / 0.95),
        ((0.0, 1.0, True), 1),
        ((-0.1, 0.2, False, 5.0), (1 - (1 - 0.1 / 5) / (1 + 0.2 / 5)) * 5),
    ],
)
def test_a_stop_from_the_open_rate(arguments: tuple[float, ...], stop: float) -> None:
    assert stoploss_from_open(*arguments) == stop  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "stop"),
    [
        ((90.0, 100.0), 1 - 90 / 100),
        ((110.0, 100.0), 0.0),
        ((110.0, 100.0, True), -(1 - 110 / 100)),
        ((1.0, 0.0), 1),
    ],
)
def test_a_stop_from_a_price(arguments: tuple[float, ...], stop: float) -> None:
    assert stoploss_from_absolute(*arguments) == stop  # type: ignore[arg-type]


@given(st.floats(0.5, 200), st.floats(0.5, 200), st.booleans())
def test_a_stop_is_never_below_zero(stop_rate: float, rate: float, is_short: bool) -> None:  # noqa: FBT001
    assert stoploss_from_absolute(stop_rate, rate, is_short) >= 0


@pytest.mark.parametrize(
    ("timeframe", "seconds", "opened", "closed", "frequency"),
    [
        ("1m", 60, "2025-06-25T13:47", "2025-06-25T13:48", "60s"),
        ("5m", 300, "2025-06-25T13:45", "2025-06-25T13:50", "300s"),
        ("4h", 14400, "2025-06-25T12:00", "2025-06-25T16:00", "14400s"),
        ("1d", 86400, "2025-06-25T00:00", "2025-06-26T00:00", "86400s"),
        ("1w", 604800, "2025-06-23T00:00", "2025-06-30T00:00", "1W-MON"),
        ("1M", 2592000, "2025-06-01T00:00", "2025-07-01T00:00", "1MS"),
        ("1y", 31536000, "2025-01-01T00:00", "2026-01-01T00:00", "1YS"),
    ],
)
def test_timeframes_have_lengths_and_borders(
    timeframe: str, seconds: int, opened: str, closed: str, frequency: str
) -> None:
    assert timeframe_to_seconds(timeframe) == seconds
    assert timeframe_to_minutes(timeframe) == seconds // 60
    assert timeframe_to_msecs(timeframe) == seconds * 1000
    assert timeframe_to_prev_date(timeframe, MOMENT).isoformat()[:16] == opened
    assert timeframe_to_next_date(timeframe, MOMENT).isoformat()[:16] == closed
    assert timeframe_to_resample_freq(timeframe) == frequency


def test_candles_are_subtracted_from_the_candle_under_way() -> None:
    assert date_minus_candles("5m", 3, MOMENT) == datetime(2025, 6, 25, 13, 30, tzinfo=UTC)
    assert date_minus_candles("5m", 1) < datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "m", "0m", "5", "5x", "hourly"])
def test_what_is_no_timeframe_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a timeframe"):
        timeframe_to_seconds(text)


def test_enumerations_read_as_text() -> None:
    assert RunMode("dry_run").value in {"live", "dry_run"}
    assert (str(ExitType.ROI), str(MarketDirection.LONG), str(State.RUNNING)) == ("roi", "long", "running")
    assert (CandleType.from_string(""), CandleType.get_default("futures")) == ("spot", "futures")


def test_dates_go_to_milliseconds_and_back() -> None:
    assert tools.dt_from_ts(tools.dt_ts(MOMENT)) == MOMENT
    assert tools.dt_from_ts(1_750_000_000) == tools.dt_from_ts(1_750_000_000_000)
    assert tools.dt_utc(2025, 6, 25, 13, 47, 12) == MOMENT
    assert tools.dt_floor_day(MOMENT) == tools.dt_utc(2025, 6, 25)
    assert tools.dt_now() > MOMENT


def test_json_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    tools.file_dump_json(path, {"at": MOMENT, "trades": [1]})
    with path.open() as file:
        assert tools.json_load(file) == {"at": str(MOMENT), "trades": [1]}
    assert json.loads(path.read_text())["trades"] == [1]
