"""Our qtpylib and technical answer as technical 1.7.0 does."""

import importlib
import json
from typing import Any

import pytest

from tests.trading.strategy_framework.indicators.cases import results, walk
from tests.trading.strategy_framework.indicators.digest import digest
from tests.trading.strategy_framework.indicators.record import ANSWERS, NAMES
from trading.strategy_framework import qtpylib
from trading.strategy_framework.technical import bouncyhouse, indicators, util

STORED: dict[str, str] = json.loads(ANSWERS.read_text())


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """Return what our functions answer."""
    ours = "trading.strategy_framework"
    modules = {
        name: importlib.import_module(f"{ours}.technical.{name}") for name in NAMES if name != "qtpylib"
    }
    return results({**modules, "qtpylib": qtpylib})


@pytest.mark.parametrize("name", sorted(STORED))
def test_a_function_answers_as_technical_does(name: str, answers: dict[str, Any]) -> None:
    assert digest(answers[name]) == STORED[name]


def test_no_function_is_left_out(answers: dict[str, Any]) -> None:
    assert sorted(answers) == sorted(STORED)


def test_an_average_over_the_whole_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="rolling_vwap"):
        qtpylib.vwap(walk(5))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: indicators.SSLChannels(walk(5), mode="x"), "Mode x not supported"),
        (lambda: indicators.PMAX(walk(5), MAtype=12), "MAtype 12 not supported"),
        (lambda: indicators.PMAX(walk(5), src=4), "src 4 not supported"),
        (lambda: util.resampled_merge(walk(5), walk(5)), "Upsampling is not possible"),
        (lambda: util.compute_interval(walk(5, timeframe_minutes=7), exchange_interval=True), "have no name"),
    ],
)
def test_what_there_is_not_is_refused(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


def test_a_bounce_follows_a_touch() -> None:
    frame = walk(300)
    level = float(frame["close"].iloc[100])
    touched, bounced = bouncyhouse.touches(frame, level), bouncyhouse.bounce(frame, level)
    assert set(bounced) <= {-1, 0, 1}
    assert all(touched[row - 1] == 1 for row in bounced.nonzero()[0])


def test_rows_of_a_venue_become_candles_without_the_last() -> None:
    rows = [[0, 1, 2, 0.5, 1.5, 10], [60_000, 1.5, 2, 0.5, 1.7, 11], [120_000, 1.7, 2, 1, 1.9, 12]]
    candles = util.ticker_history_to_dataframe(rows)
    assert candles["close"].tolist() == [1.5, 1.7]
    assert (util.compute_interval(candles), util.compute_interval(candles, exchange_interval=True)) == (
        1,
        "1m",
    )
