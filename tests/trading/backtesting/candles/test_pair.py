"""Arrays beside their signals: what counts as a signal, which tags remain, what was cut off."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trading.backtesting.candles.pair import pair_candles, trim
from trading.backtesting.ports import TimeRange
from trading.strategy_framework.errors import StrategyFailed


def analysed(**columns: Any) -> pd.DataFrame:
    dates = pd.date_range("2024-01-01", periods=5, freq="1h", tz="UTC")
    prices = dict.fromkeys(("open", "high", "low", "close"), np.arange(5.0))
    return pd.DataFrame({"date": dates, **prices, **columns})


@pytest.mark.parametrize(
    ("column", "marks"),
    [
        ([1, 0, 1, 0, 1], [1, 0, 1, 0]),
        ([1.0, np.nan, 2.0, -1.0, 1.0], [1, 0, 2, 2]),
        ([True, False, None, True, True], [1, 0, 0, 1]),
        (["1", "", None, 1, 1], [2, 0, 0, 1]),
        (pd.Categorical([1, 0, 1, 0, 1]), [1, 0, 1, 0]),
    ],
)
def test_a_signal_belongs_to_the_next_candle_and_only_one_enters(column: Any, marks: list[int]) -> None:
    candles = pair_candles("A/B", analysed(enter_long=column))
    assert candles.enter_long.tolist() == marks
    assert candles.open.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert candles.directions(can_short=False).tolist() == [1 if mark == 1 else 0 for mark in marks]


def test_contradicting_signals_enter_in_no_direction() -> None:
    candles = pair_candles(
        "A/B", analysed(enter_long=[1, 1, 1, 0, 0], enter_short=[0, 1, 0, 1, 0], exit_long=[0, 0, 1, 0, 0])
    )
    assert candles.directions(can_short=True).tolist() == [1, 0, 0, -1]
    assert candles.directions(can_short=False).tolist() == [1, 1, 0, 0]


def test_tags_that_are_all_the_same_are_kept_once() -> None:
    candles = pair_candles("A/B", analysed(enter_tag="", exit_tag=["a", "b", "a", "a", "a"]))
    assert (candles.enter_tag, candles.same_enter_tag) == (None, "")
    assert [candles.exit_tag_at(row) for row in range(4)] == ["a", "b", "a", "a"]


def test_a_second_column_of_entry_tags_is_read_as_the_exit_tags() -> None:
    frame = analysed(enter_tag="", buy_tag="old").rename(columns={"buy_tag": "enter_tag"})
    candles = pair_candles("A/B", frame)
    assert (candles.enter_tag_at(0), candles.exit_tag_at(0)) == ("", "old")


def test_two_columns_of_one_signal_are_refused() -> None:
    frame = analysed(enter_long=1, buy=1).rename(columns={"buy": "enter_long"})
    with pytest.raises(StrategyFailed, match="two columns named enter_long"):
        pair_candles("A/B", frame)


def test_warm_up_rows_are_counted_and_the_range_is_inclusive() -> None:
    frame = analysed()
    start_s = int(frame["date"].iloc[1].timestamp())
    assert len(trim(frame, TimeRange(start_s, start_s + 7200), 0)) == 3
    assert len(trim(frame, TimeRange(start_s, start_s + 7200), 2)) == 2
    assert pair_candles("A/B", trim(frame, TimeRange(), 2), rows_before=2).analyzed_offset == 3
