"""What the examination catches, what it passes, and how it tells look-ahead from its neighbours."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trading.backtesting.commands.strategy_files import StrategyFile
from trading.backtesting.data.stores.memory import MemoryStore
from trading.backtesting.errors import BadCandles
from trading.backtesting.lookahead import Examination, Subject, Window, examine, text_of
from trading.backtesting.lookahead.examination import prefix_lengths
from trading.strategies import strategy_files
from trading.strategy_framework.candles.forecasts import KnownForecast, join_forecasts
from trading.strategy_framework.candles.venue_closes import join_venue_closes
from trading.strategy_framework.loading.loader import load_strategy_file

HERE = Path(__file__).parent / "strategies"
PAIR = "BTC/USDT"


def candles(timeframe: str, *, seed: int = 1, rows: int = 700, spread: float = 0.003) -> pd.DataFrame:
    """A seeded random walk; timeframe as pandas writes it."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, spread, rows)))
    opened = np.concatenate([[100.0], close[:-1]])
    return pd.DataFrame(
        {
            "date": pd.date_range("2024-01-01", periods=rows, freq=timeframe, tz="UTC"),
            "open": opened,
            "high": np.maximum(opened, close) * 1.001,
            "low": np.minimum(opened, close) * 0.999,
            "close": close,
            "volume": random.uniform(1, 9, rows),
        }
    )


def subject(name: str, rows: int = 700) -> Subject:
    frames = {(PAIR, "5m", "spot"): candles("5min", rows=rows)}
    frames["ETH/USDT", "5m", "spot"] = candles("5min", seed=2, rows=rows)
    return Subject(
        source=StrategyFile(HERE / f"{name}.py", None),
        candles={PAIR: frames[PAIR, "5m", "spot"]},
        store=MemoryStore(frames),
        whitelist=[PAIR],
    )


def examined(name: str, window: int = 24) -> Examination:
    return examine(subject(name), PAIR, window=Window(candles=window))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("shifted", ["next_close", "enter_tag", "enter_long"]),
        ("centred", ["smooth", "enter_long", "exit_long"]),
        ("normalised", ["score", "enter_long", "exit_long"]),
        ("resampled", ["hour_close", "enter_long", "exit_long"]),
        ("merged", ["close_1h", "enter_long", "exit_long"]),
        ("signal_only", ["enter_long"]),
    ],
)
def test_it_names_the_columns_that_read_the_future(name: str, columns: list[str]) -> None:
    found = examined(name)
    assert not found.is_clean
    assert [finding.column for finding in found.reads_future] == columns
    assert f"Look first at {columns[0]}" in text_of(found)


def test_it_names_the_first_candle_and_both_values() -> None:
    frame = candles("5min")
    finding = examined("shifted").reads_future[0]
    assert finding.date == str(frame["date"].iloc[20])
    assert finding.known is None
    assert finding.later == frame["close"].iloc[21]
    assert (finding.candles, finding.checked, finding.reach) == (24, 24, 1)


def test_an_honest_merge_of_other_timeframes_passes() -> None:
    found = examined("honest_merge", window=30)
    assert found.is_clean, text_of(found)
    assert "ema_1h" not in {finding.column for finding in found.start_dependent}


def test_the_start_of_a_recursive_average_is_a_remark_not_a_look_ahead() -> None:
    found = examined("honest_merge")
    assert found.is_clean
    remark = next(finding for finding in found.start_dependent if finding.column == "ema")
    assert remark.deviation is not None
    assert remark.deviation >= 1e-3
    assert "larger startup_candle_count" in text_of(found)


def test_what_happens_in_the_start_up_only_is_a_remark() -> None:
    found = examined("first_backfilled")
    assert found.is_clean
    assert found.reads_future_in_warm_up[0].column == "mean"
    assert found.undefined == {"slow": 49}
    assert "it needs 49; raise startup_candle_count" in text_of(found)


def test_a_prefix_that_raises_between_others_is_not_clean(capsys: pytest.CaptureFixture[str]) -> None:
    found = examined("breaks_off")
    assert not found.is_clean
    assert found.reads_future == []
    assert [failure.prefixes for failure in found.failures] == [[37]]
    assert "COULD NOT BE EXAMINED" in text_of(found)
    assert "thirty-seven" in text_of(found)
    assert capsys.readouterr().out == ""


def test_prefixes_that_are_too_short_to_run_are_a_remark() -> None:
    found = examined("needs_fifty", window=40)
    assert found.is_clean
    assert found.failures[-1].prefixes[-1] == 49
    assert "With 49 candles or fewer it raises (startup_candle_count is 20)" in text_of(found)


def test_a_leak_that_comes_after_a_long_warm_up_is_found() -> None:
    found = examined("late_leak", window=20)
    assert found.reads_future[0].column == "slow"
    assert found.undefined == {"slow": 98}


def test_a_column_that_two_equal_runs_do_not_share_is_left_out() -> None:
    found = examined("needs_fifty")
    assert found.not_deterministic == ["luck"]
    assert "Two equal runs differ in luck" in text_of(found)


def test_processes_find_what_one_process_finds() -> None:
    alone = examine(subject("resampled"), PAIR, window=Window(candles=20), workers=1)
    shared = examine(subject("resampled"), PAIR, window=Window(candles=20), workers=2)
    assert shared == alone


def test_progress_comes_to_its_end() -> None:
    seen: list[tuple[int, int]] = []
    examine(
        subject("shifted"),
        PAIR,
        window=Window(candles=20),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (26, 26)
    assert seen == sorted(seen)


def test_the_one_candle_case_and_every_prefix_of_the_window_are_run() -> None:
    lengths = prefix_lengths(100, 300, rows=900)
    assert lengths[:3] == [1, 2, 25]
    assert lengths[-300:] == list(range(101, 401))
    assert prefix_lengths(0, 3, rows=4) == [1, 2, 3]
    assert prefix_lengths(0, 300, rows=5) == [1, 2, 3, 4]


def test_the_window_waits_for_columns_that_begin_late() -> None:
    lengths = prefix_lengths(20, 50, defined=200, rows=600)
    assert lengths[-50:] == [*range(21, 31), *range(201, 241)]
    assert prefix_lengths(20, 50, defined=590, rows=600)[-1] == 599


def test_too_few_candles_are_refused_with_the_number_needed() -> None:
    with pytest.raises(BadCandles, match="21 candles of BTC/USDT are too few: Shifted needs 20"):
        examine(subject("shifted", rows=21), PAIR)


def shipped_candles(path: Path, timeframe: str) -> pd.DataFrame:
    frame = candles(timeframe.replace("m", "min"), rows=1000)
    closes = frame["date"].astype("datetime64[ns, UTC]").astype("int64") + 60 * 10**9
    random = np.random.default_rng(9)
    forecasts = [
        KnownForecast(
            bar_close_ns=int(close),
            horizon_s=900,
            predicted_return=float(random.normal(0, 0.004)),
            probability_up=float(random.uniform(0.3, 0.7)),
        )
        for close in closes[::3]
    ]
    if path.stem == "forecast_follower":
        return join_forecasts(frame, timeframe, forecasts)
    if path.stem == "venue_arbitrage":
        shifted = frame.assign(close=frame["close"] * random.normal(1.001, 0.002, len(frame)))
        return join_venue_closes(frame, {"kraken": shifted})
    return frame


@pytest.mark.parametrize("path", strategy_files(), ids=lambda path: path.stem)
def test_every_shipped_strategy_is_honest(path: Path) -> None:
    timeframe = load_strategy_file(path).timeframe
    frame = shipped_candles(path, timeframe)
    examination = examine(
        Subject(
            source=StrategyFile(path, None),
            candles={PAIR: frame},
            store=MemoryStore({(PAIR, timeframe, "spot"): frame}),
            whitelist=[PAIR],
        ),
        PAIR,
        window=Window(candles=30),
    )
    assert examination.is_clean, text_of(examination)
    assert examination.reads_future_in_warm_up == []
